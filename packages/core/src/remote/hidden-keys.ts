/**
 * Property names that the language, printers, serializers, assertion libraries and dependency injection look up on any
 * object. A remote module returns `undefined` for them, as a plain object without them would; otherwise awaiting or
 * injecting it would call a function of that name on another thread.
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

/**
 * Whether a remote module returns `undefined` for this name; '@@' is the prefix of the names by which printers
 * recognize Immutable's objects.
 */
export function isHidden(key: string): boolean {
  return HIDDEN_KEYS.has(key) || key.startsWith('@@')
}
