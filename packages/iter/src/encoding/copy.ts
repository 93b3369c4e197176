import { notCloneable, type Referring, referencesIn, type Transferable } from '@bridge/core/executor'
import { holdsLost, type LostOnWire } from '@bridge/core/internal'
import { type Foreign, type Refer, referTo } from '../protocol/lost.js'

/*
 * An item is copied when it is yielded, because a generator may reuse the object. The message clones the copy again, so
 * the copy should be cheap: structuredClone takes 0.7 µs for what a walk over plain data does in 0.05 µs.
 */

/** Items with more nested objects than this are left to structuredClone, which finds repeated objects efficiently. */
const MAX_OBJECTS = 32

/** From this many bytes on, transferring a copied buffer with the message is cheaper than cloning it again. */
const WORTH_MOVING = 4096

/** The objects of the current item. One that occurs twice must arrive as one object, which a walk cannot do. */
const met: object[] = []

/** Returned for an item with parts that a structured clone would lose. */
export const LOST = Symbol('an item that must be copied in another way')

/** A copy of the item, or `LOST`. Buffers that can be transferred to the other thread are added to `transferList`. */
export function copyOf(item: unknown, transferList: Transferable[]): unknown {
  if (isPlainValue(item)) return item
  try {
    const copied = typeof item === 'object' ? copyObject(item as object, transferList) : undefined
    return copied ?? (holdsLost(item) ? LOST : structuredClone(item))
  } catch (error) {
    throw notCloneable('a stream', 'item', item, error)
  } finally {
    met.length = 0
  }
}

/** A copy of the item, with references to the parts that would be lost. */
export function copyOfLost(
  item: unknown,
  transferList: Transferable[],
  refer: Refer | undefined
): Referring<LostOnWire | Foreign> {
  try {
    // structuredClone keeps errors; they are not referenced.
    const sent = structuredClone(referTo('item', item, refer) ?? { data: item, references: [] })
    for (const [kind, bytes] of referencesIn(sent.references) as LostOnWire[]) {
      if (kind !== 'buffer' || bytes.byteLength < WORTH_MOVING) continue
      const buffer = bytes.buffer as ArrayBuffer
      // Two views may have the same buffer.
      if (!transferList.includes(buffer)) transferList.push(buffer)
    }
    return sent
  } catch (error) {
    throw notCloneable('a stream', 'item', item, error)
  }
}

/** The item after transferring the objects of `list` out of it; the transferred objects are added to `transferList`. */
export function moved(item: unknown, list: readonly Transferable[], transferList: Transferable[]): unknown {
  try {
    const taken = structuredClone({ item, list: [...list] }, { transfer: [...list] as [] })
    transferList.push(...(taken.list as Transferable[]))
    return taken.item
  } catch (error) {
    throw notCloneable('a stream', 'item', item, error)
  }
}

/** Whether a value is the same everywhere, so that it needs no copy. */
export function isPlainValue(value: unknown): boolean {
  const type = typeof value
  return (type !== 'object' && type !== 'function' && type !== 'symbol') || value === null
}

/** A copy of plain data; `undefined` if it contains something that only structuredClone copies correctly. */
function copyObject(value: object, transferList: Transferable[]): object | undefined {
  if (met.length === MAX_OBJECTS || met.includes(value)) return undefined
  met.push(value)
  if (Array.isArray(value)) return copyArray(value, transferList)
  if (ArrayBuffer.isView(value)) return copyView(value, transferList)
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const copy = { ...value } as Record<string, unknown>
  for (const key in copy) {
    const field = copy[key]
    if (isPlainValue(field)) continue
    const copied = typeof field === 'object' ? copyObject(field as object, transferList) : undefined
    if (copied === undefined) return undefined
    copy[key] = copied
  }
  return copy
}

function copyArray(value: unknown[], transferList: Transferable[]): unknown[] | undefined {
  const keys = Object.keys(value)
  // An array with holes, or with own fields such as a RegExp match, is more than its items.
  if (keys.length !== value.length || (keys.length > 0 && keys.at(-1) !== String(keys.length - 1)))
    return undefined
  const copy: unknown[] = value.slice()
  for (let index = 0; index < copy.length; index++) {
    const item = copy[index]
    if (isPlainValue(item)) continue
    const copied = typeof item === 'object' ? copyObject(item as object, transferList) : undefined
    if (copied === undefined) return undefined
    copy[index] = copied
  }
  return copy
}

/** Copies only the bytes of the view: the underlying buffer may be much larger, as for a Buffer. */
function copyView(view: ArrayBufferView, transferList: Transferable[]): ArrayBufferView | undefined {
  const { buffer, byteOffset, byteLength } = view
  if (typeof Buffer === 'function' && Buffer.isBuffer(view)) return undefined
  if (!(buffer instanceof ArrayBuffer) || met.includes(buffer)) return undefined
  met.push(buffer)
  const name = (view as Partial<Uint8Array>)[Symbol.toStringTag] ?? 'DataView'
  const View = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[name]
  const bytes = new Uint8Array(byteLength)
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength))
  if (View === undefined) return undefined
  if (byteLength >= WORTH_MOVING) transferList.push(bytes.buffer)
  return new View(bytes.buffer)
}
