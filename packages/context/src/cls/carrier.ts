import { checkOptions, refuse } from '@bridge/core/internal'
import { ClsServiceManager, type ClsStore } from 'nestjs-cls'
import { ownModule } from '../own-module.js'
import { register } from '../registered.js'
import { type ClsWire, decodeStore, encodeStore } from './store.js'

/** Options of `carryCls`. */
export interface CarryClsOptions {
  /** The keys of the store that travel; by default all keys that can be cloned. The id always travels. */
  readonly keys?: readonly string[] | undefined
}

/**
 * Makes the store of nestjs-cls travel with every bridge call: its id and its keys that can be cloned, or only the named
 * keys. Importing `@bridge/context/cls` does so for all keys; call this to limit them. A key that cannot be cloned stays,
 * with one warning; so do the request, the response and everything else that is stored under a symbol. In the worker
 * `cls.get()`, `cls.getId()` and `cls.set()` work on the call's own copy.
 *
 * @throws InvalidArgumentError when `keys` is not an array of strings.
 * @example
 * ```ts
 * import { carryCls } from '@bridge/context/cls'
 * carryCls({ keys: ['tenant', 'user'] })
 * ```
 */
export function carryCls(options: CarryClsOptions = {}): void {
  checkOptions('carryCls()', options ?? null, ['keys'])
  const { keys } = options
  if (keys !== undefined && !(Array.isArray(keys) && keys.every(key => typeof key === 'string'))) {
    refuse('carryCls()', 'keys must be an array of strings', keys)
  }
  const named = keys === undefined ? undefined : [...keys]
  const cls = ClsServiceManager.getClsService()
  register({
    name: '@bridge/context/cls',
    module: ownModule(import.meta.url),
    isReadOnly: true,
    capture: () => cls.get(),
    restore: (store, fn) => (store === undefined ? cls.exit(fn) : cls.runWith(store as ClsStore, fn)),
    enter: store => cls.enterWith(store as ClsStore),
    encode: store => encodeStore(store as ClsStore, named),
    decode: (wire, here) => decodeStore(wire as ClsWire, here as ClsStore | undefined)
  })
}
