import { ITEMS, type LostItems, NUMBERS, type Packet, ROWS, UNSENT } from '../protocol/wire.js'
import { rowsOf, widthOf } from './shape.js'

/** The items of a message. */
export function itemsOf(packet: Packet): ArrayLike<unknown> {
  if (packet[0] === NUMBERS) return packet[2]
  return packet[0] === ITEMS ? packet[3] : rowsOf(packet[3], packet[4])
}

/** How many items a message has. */
export function countOf(packet: Packet): number {
  if (packet[0] === NUMBERS) return packet[2].length
  return packet[0] === ITEMS ? packet[3].length : packet[4].length / widthOf(packet[3])
}

/** About how many bytes a message's items have. */
export function bytesOf(packet: Packet): number {
  return packet[0] === NUMBERS ? packet[2].byteLength : packet[2]
}

/** A message with at least two items as two messages, which together count as many bytes. */
export function halvesOf(packet: Packet): readonly [first: Packet, second: Packet] {
  const middle = countOf(packet) >> 1
  if (packet[0] === NUMBERS) {
    const numbers = packet[2]
    return [
      [NUMBERS, UNSENT, numbers.slice(0, middle)],
      [NUMBERS, UNSENT, numbers.slice(middle)]
    ]
  }
  const half = packet[2] >> 1
  const other = packet[2] - half
  if (packet[0] === ROWS) {
    const [, , , shape, values] = packet
    const at = middle * widthOf(shape)
    return [
      [ROWS, UNSENT, half, shape, values.slice(0, at)],
      [ROWS, UNSENT, other, shape, values.slice(at)]
    ]
  }
  const [, , , items, lost = []] = packet
  const later = lost.flatMap(([at, beside]) => (at < middle ? [] : [[at - middle, beside] as const]))
  return [
    itemsWith(
      half,
      items.slice(0, middle),
      lost.filter(([at]) => at < middle)
    ),
    itemsWith(other, items.slice(middle), later)
  ]
}

/** A message with these items, and with their references, if there are any. */
export function itemsWith(bytes: number, items: readonly unknown[], lost: LostItems): Packet {
  return lost.length === 0 ? [ITEMS, UNSENT, bytes, items] : [ITEMS, UNSENT, bytes, items, lost]
}
