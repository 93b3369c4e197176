import { copyOf, PlainData } from '@bridge/core/internal'
import { CLS_ID, type ClsStore } from 'nestjs-cls'

/** A store in encoded form: its id, and the keys that can be cloned. */
export interface ClsWire {
  readonly id?: unknown
  readonly values: Readonly<Record<string, unknown>>
}

type Keys = readonly string[] | undefined

/** The last encoded form of a store; its id and its keys may have changed since. */
interface Encoded {
  readonly named: Keys
  readonly keys: readonly string[]
  readonly parts: readonly (PlainData | undefined)[]
  readonly wire: ClsWire
}

const encoded = new WeakMap<ClsStore, Encoded>()

/** The keys for which the warning has been printed. */
const warned = new Set<string>()

/**
 * Encodes a store: all string keys, or the named ones, without those that cannot be cloned. Request, response and proxy
 * providers are stored under symbols, which stay. Returns the same object for the same data.
 */
export function encodeStore(store: ClsStore, named: Keys): ClsWire {
  const last = encoded.get(store)
  if (last !== undefined && isSame(last, store, named)) return last.wire
  const keys = keysOf(store, named)
  const copies = keys.map(key => copied(key, () => valuesOf(store)[key]))
  // By Object.fromEntries and not by assignment, because a key may be `__proto__`.
  const values = Object.fromEntries(keys.flatMap((key, n) => (copies[n] ? [[key, copies[n].copy]] : [])))
  const id = copied('CLS_ID', () => store[CLS_ID])
  const wire = id?.copy === undefined ? { values } : { id: id.copy, values }
  const parts = [id, ...copies].map(copy => (copy instanceof PlainData ? copy : undefined))
  encoded.set(store, { named, keys, parts, wire })
  return wire
}

/** The store of a task: the received values over the existing ones. */
export function decodeStore({ id, values }: ClsWire, here: ClsStore | undefined): ClsStore {
  const store = { ...here } as ClsStore
  for (const key of Object.keys(values)) set(store, key, copyOf(values[key]))
  if (id !== undefined) store[CLS_ID] = id as string
  return store
}

function keysOf(store: ClsStore, named: Keys): readonly string[] {
  return named === undefined ? Object.keys(store) : named.filter(key => Object.hasOwn(store, key))
}

function set(store: ClsStore, key: string, value: unknown): void {
  if (key !== '__proto__') valuesOf(store)[key] = value
  else Object.defineProperty(store, key, { value, enumerable: true, configurable: true, writable: true })
}

function valuesOf(store: ClsStore): Record<string, unknown> {
  return store as unknown as Record<string, unknown>
}

/** Whether the store holds the same data as when it was last encoded. Data that is not plain counts as changed. */
function isSame(last: Encoded, store: ClsStore, named: Keys): boolean {
  const keys = keysOf(store, named)
  if (last.named !== named || keys.length !== last.keys.length) return false
  try {
    return last.parts.every((part, n) => {
      if (n === 0) return part?.isSame(store[CLS_ID]) === true
      const key = keys[n - 1] as string
      return key === last.keys[n - 1] && part?.isSame(valuesOf(store)[key]) === true
    })
  } catch {
    // A getter has thrown.
    return false
  }
}

/** A copy of what `read` gives; `undefined` where it can't be read, as a getter may throw, or can't be cloned. */
function copied(key: string, read: () => unknown): { readonly copy: unknown } | undefined {
  try {
    const value = read()
    return PlainData.of(value) ?? { copy: structuredClone(value) }
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
