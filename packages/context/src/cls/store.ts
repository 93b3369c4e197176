import { copyOfPlain } from '@bridge/core/internal'
import { CLS_ID, type ClsStore } from 'nestjs-cls'

/** A store as it travels: its id, and the keys that can. */
export interface ClsWire {
  readonly id?: unknown
  readonly values: Readonly<Record<string, unknown>>
}

/** Those of which it was told that they stay. */
const warned = new Set<string>()

/**
 * What travels of a store: all of its keys that are texts, or those that are named, without what can't be cloned. Request,
 * response and proxy providers are kept under symbols, which stay.
 */
export function encodeStore(store: ClsStore, keys: readonly string[] | undefined): ClsWire {
  const copies: [key: string, copy: unknown][] = []
  for (const key of keys ?? Object.keys(store)) {
    if (keys !== undefined && !Object.hasOwn(store, key)) continue
    const copied = copyOf(key, () => (store as unknown as Record<string, unknown>)[key])
    if (copied !== undefined) copies.push([key, copied.copy])
  }
  // Not one by one: a key may be `__proto__`.
  const values = Object.fromEntries(copies)
  const id = copyOf('CLS_ID', () => store[CLS_ID])?.copy
  return id === undefined ? { values } : { id, values }
}

/** The store of a task: what arrived, beside what is there. */
export function decodeStore({ id, values }: ClsWire, here: ClsStore | undefined): ClsStore {
  const store = { ...here, ...values } as ClsStore
  if (id !== undefined) store[CLS_ID] = id as string
  return store
}

/** A copy of what `read` gives; `undefined` where it can't be read, as a getter may throw, or can't be cloned. */
function copyOf(key: string, read: () => unknown): { readonly copy: unknown } | undefined {
  try {
    const value = read()
    return copyOfPlain(value) ?? { copy: structuredClone(value) }
  } catch (error) {
    if (!warned.has(key)) {
      warned.add(key)
      process.emitWarning(
        `the key '${key}' of the CLS store stays on its thread: ${error instanceof Error ? error.message : String(error)} ` +
          "Name the keys that travel by carryCls({ keys: ['…'] }), or keep it under a symbol.",
        { type: 'BridgeWarning', code: 'BRIDGE_CLS_KEY_STAYS' }
      )
    }
    return undefined
  }
}
