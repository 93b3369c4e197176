import { notCloneable, type Referring, referencesIn, type Transferable } from '@bridge/core/executor'
import { holdsLost, type LostOnWire } from '@bridge/core/internal'
import { type Foreign, type Refer, referTo } from './lost.js'

/*
 * An item is copied when it is yielded, because a generator may reuse the object. The message clones the copy once
 * more, so the copy should cost little: structuredClone takes 0.7 µs for what a walk over plain data does in 0.05.
 */

/** Items with more objects inside than this are left to structuredClone, which knows each object it has met. */
const MAX_OBJECTS = 32

/** From so many bytes on, moving a copied buffer into the message is cheaper than cloning it again. */
const WORTH_MOVING = 4096

/** The objects of the item at hand. One that is met twice must arrive as one, which a walk does not do. */
const met: object[] = []

/** Stands for an item that holds what a structured clone would lose. */
export const LOST = Symbol('an item that must be copied in another way')

/** The item as it is now, or `LOST`. Buffers that can be moved to the other thread are added to `moves`. */
export function copyOf(item: unknown, moves: Transferable[]): unknown {
  if (isPlainValue(item)) return item
  try {
    const copied = typeof item === 'object' ? copyObject(item as object, moves) : undefined
    return copied ?? (holdsLost(item) ? LOST : structuredClone(item))
  } catch (error) {
    throw notCloneable('a stream', 'item', item, error)
  } finally {
    met.length = 0
  }
}

/** The item as it is now, with what would be lost of it beside it. */
export function copyOfLost(
  item: unknown,
  moves: Transferable[],
  refer: Refer | undefined
): Referring<LostOnWire | Foreign> {
  try {
    // Errors alone are no loss that is known here.
    const sent = structuredClone(referTo('item', item, refer) ?? { data: item, references: [] })
    for (const [kind, bytes] of referencesIn(sent.references) as LostOnWire[]) {
      if (kind !== 'buffer' || bytes.byteLength < WORTH_MOVING) continue
      const buffer = bytes.buffer as ArrayBuffer
      // Two may show the same.
      if (!moves.includes(buffer)) moves.push(buffer)
    }
    return sent
  } catch (error) {
    throw notCloneable('a stream', 'item', item, error)
  }
}

/** The item, with what is in `list` taken from it; what it was taken to is added to `moves`. */
export function moved(item: unknown, list: readonly Transferable[], moves: Transferable[]): unknown {
  try {
    const taken = structuredClone({ item, list: [...list] }, { transfer: [...list] as [] })
    moves.push(...(taken.list as Transferable[]))
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

/** A copy of plain data; `undefined` when there is something in it that only structuredClone copies rightly. */
function copyObject(value: object, moves: Transferable[]): object | undefined {
  if (met.length === MAX_OBJECTS || met.includes(value)) return undefined
  met.push(value)
  if (Array.isArray(value)) return copyArray(value, moves)
  if (ArrayBuffer.isView(value)) return copyView(value, moves)
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined
  const copy = { ...value } as Record<string, unknown>
  for (const key in copy) {
    const field = copy[key]
    if (isPlainValue(field)) continue
    const copied = typeof field === 'object' ? copyObject(field as object, moves) : undefined
    if (copied === undefined) return undefined
    copy[key] = copied
  }
  return copy
}

function copyArray(value: unknown[], moves: Transferable[]): unknown[] | undefined {
  const keys = Object.keys(value)
  // One with gaps, or with fields of its own such as a RegExp's match, is more than its items.
  if (keys.length !== value.length || (keys.length > 0 && keys.at(-1) !== String(keys.length - 1)))
    return undefined
  const copy: unknown[] = value.slice()
  for (let index = 0; index < copy.length; index++) {
    const item = copy[index]
    if (isPlainValue(item)) continue
    const copied = typeof item === 'object' ? copyObject(item as object, moves) : undefined
    if (copied === undefined) return undefined
    copy[index] = copied
  }
  return copy
}

/** What the view shows and no more: the buffer below may be much larger, as a Buffer's is. */
function copyView(view: ArrayBufferView, moves: Transferable[]): ArrayBufferView | undefined {
  const { buffer, byteOffset, byteLength } = view
  if (typeof Buffer === 'function' && Buffer.isBuffer(view)) return undefined
  if (!(buffer instanceof ArrayBuffer) || met.includes(buffer)) return undefined
  met.push(buffer)
  const name = (view as Partial<Uint8Array>)[Symbol.toStringTag] ?? 'DataView'
  const View = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[name]
  const bytes = new Uint8Array(byteLength)
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength))
  if (View === undefined) return undefined
  if (byteLength >= WORTH_MOVING) moves.push(bytes.buffer)
  return new View(bytes.buffer)
}
