import { rowsOf, widthOf } from './shape.js'
import { ITEMS, NUMBERS, type Packet } from './wire.js'

/** The items of a message. */
export function itemsOf(packet: Packet): ArrayLike<unknown> {
  if (packet[0] === NUMBERS) return packet[1]
  return packet[0] === ITEMS ? packet[2] : rowsOf(packet[2], packet[3])
}

/** How many items a message has. */
export function countOf(packet: Packet): number {
  if (packet[0] === NUMBERS) return packet[1].length
  return packet[0] === ITEMS ? packet[2].length : packet[3].length / widthOf(packet[2])
}

/** About how much a message's items weigh. */
export function bytesOf(packet: Packet): number {
  return packet[0] === NUMBERS ? packet[1].byteLength : packet[1]
}
