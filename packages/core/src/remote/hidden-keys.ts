/**
 * Property names that language, printers, serialisers, assertion libraries and dependency injection look for on
 * any object. A remote module answers `undefined` for them, as a plain object without them would; otherwise
 * awaiting or injecting it would call a function of that name on another thread.
 */
export const HIDDEN_KEYS: ReadonlySet<string> = new Set([
  'then',
  'catch',
  'finally',
  'toJSON',
  'constructor',
  'asymmetricMatch',
  'nodeType',
  'tagName',
  '$$typeof',
  '@@__IMMUTABLE_ITERABLE__@@',
  '@@__IMMUTABLE_RECORD__@@',
  'onModuleInit',
  'onModuleDestroy',
  'onApplicationBootstrap',
  'onApplicationShutdown',
  'beforeApplicationShutdown'
])
