/**
 * Property names that language, printers, serialisers, assertion libraries and dependency injection look for on
 * any object. A remote module answers `undefined` for them, as a plain object without them would; otherwise
 * awaiting or injecting it would call a function of that name on another thread.
 */
const HIDDEN_KEYS: ReadonlySet<string> = new Set([
  'then',
  'catch',
  'finally',
  'toJSON',
  'constructor',
  'asymmetricMatch',
  'nodeType',
  'tagName',
  '$$typeof',
  'onModuleInit',
  'onModuleDestroy',
  'onApplicationBootstrap',
  'onApplicationShutdown',
  'beforeApplicationShutdown'
])

/** Whether a remote module answers `undefined` for this name; '@@' begins what printers ask of Immutable's objects. */
export function isHidden(key: string): boolean {
  return HIDDEN_KEYS.has(key) || key.startsWith('@@')
}
