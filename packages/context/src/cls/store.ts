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
  const values: Record<string, unknown> = {}
  for (const key of keys ?? Object.keys(store)) {
    if (keys !== undefined && !Object.hasOwn(store, key)) continue
    const copied = copyOf(key, (store as unknown as Record<string, unknown>)[key])
    if (copied !== undefined) values[key] = copied.copy
  }
  const id = store[CLS_ID]
  return id === undefined ? { values } : { id, values }
}

/** The store of a task: what arrived, beside what is there. */
export function decodeStore({ id, values }: ClsWire, here: ClsStore | undefined): ClsStore {
  const store = { ...here, ...values } as ClsStore
  if (id !== undefined) store[CLS_ID] = id as string
  return store
}

function copyOf(key: string, value: unknown): { readonly copy: unknown } | undefined {
  const plain = copyOfPlain(value)
  if (plain !== undefined) return plain
  try {
    return { copy: structuredClone(value) }
  } catch (error) {
    if (!warned.has(key)) {
      warned.add(key)
      process.emitWarning(
        `the key '${key}' of the CLS store stays on its thread: ${(error as Error).message} ` +
          "Name the keys that travel by carryCls({ keys: ['…'] }), or keep it under a symbol.",
        { type: 'BridgeWarning', code: 'BRIDGE_CLS_KEY_STAYS' }
      )
    }
    return undefined
  }
}
