import { copyOf, PlainData } from '@bridge/core/internal'
import { CLS_ID, type ClsStore } from 'nestjs-cls'

/** A store as it travels: its id, and the keys that can. */
export interface ClsWire {
  readonly id?: unknown
  readonly values: Readonly<Record<string, unknown>>
}

type Keys = readonly string[] | undefined

/** What travelled last of a store; its id and its keys may be other data since. */
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
  const keys = keysOf(store, named)
  const copies = keys.map(key => copied(key, () => valuesOf(store)[key]))
  // Not one by one: a key may be `__proto__`.
  const values = Object.fromEntries(keys.flatMap((key, n) => (copies[n] ? [[key, copies[n].copy]] : [])))
  const id = copied('CLS_ID', () => store[CLS_ID])
  const wire = id?.copy === undefined ? { values } : { id: id.copy, values }
  const parts = [id, ...copies].map(copy => (copy instanceof PlainData ? copy : undefined))
  encoded.set(store, { named, keys, parts, wire })
  return wire
}

/** The store of a task: what arrived, beside what is there. */
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

/** Whether it holds the same data as when it travelled last: what is not plain is looked at anew each time. */
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
