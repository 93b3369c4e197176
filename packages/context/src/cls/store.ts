import { copyOf, PlainData } from '@bridge/core/internal'
import { CLS_ID, type ClsStore } from 'nestjs-cls'

/** A store as it travels: its id, and the keys that can. */
export interface ClsWire {
  readonly id?: unknown
  readonly values: Readonly<Record<string, unknown>>
}

type Keys = readonly string[] | undefined

/** What travelled last of a store, and the keys that may be other data since. */
interface Encoded {
  readonly named: Keys
  readonly keys: readonly string[]
  readonly parts: readonly (PlainData | undefined)[]
  readonly wire: ClsWire
}

const encoded = new WeakMap<ClsStore, Encoded>()

/** Those of which it was told that they stay. */
const warned = new Set<string>()

/**
 * What travels of a store: all of its keys that are texts, or those that are named, without what can't be cloned. Request,
 * response and proxy providers are kept under symbols, which stay. The same object for the same data.
 */
export function encodeStore(store: ClsStore, named: Keys): ClsWire {
  const last = encoded.get(store)
  if (last !== undefined && isSame(last, store, named)) return last.wire
  const values = store as unknown as Record<string, unknown>
  const keys = keysOf(store, named)
  const parts = keys.map(key => PlainData.of(values[key]))
  const wire: Record<string, unknown> = {}
  keys.forEach((key, n) => {
    const part = parts[n]
    const copied = part ?? cloned(key, values[key])
    if (copied !== undefined) wire[key] = copied.copy
  })
  const id = store[CLS_ID]
  const whole = id === undefined ? { values: wire } : { id, values: wire }
  encoded.set(store, { named, keys, parts, wire: whole })
  return whole
}

/** The store of a task: what arrived, beside what is there. */
export function decodeStore({ id, values }: ClsWire, here: ClsStore | undefined): ClsStore {
  const store = { ...here } as Record<string, unknown> & ClsStore
  for (const key of Object.keys(values)) store[key] = copyOf(values[key])
  if (id !== undefined) store[CLS_ID] = id as string
  return store
}

function keysOf(store: ClsStore, named: Keys): readonly string[] {
  return named === undefined ? Object.keys(store) : named.filter(key => Object.hasOwn(store, key))
}

/** Whether it holds the same data as when it travelled last: what is not plain is looked at anew each time. */
function isSame(last: Encoded, store: ClsStore, named: Keys): boolean {
  const keys = keysOf(store, named)
  if (last.named !== named || keys.length !== last.keys.length || last.wire.id !== store[CLS_ID]) return false
  const values = store as unknown as Record<string, unknown>
  return last.parts.every((part, n) => {
    const key = keys[n] as string
    return key === last.keys[n] && part?.isSame(values[key]) === true
  })
}

function cloned(key: string, value: unknown): { readonly copy: unknown } | undefined {
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
