import { rowsOf, widthOf } from './shape.js'
import { ITEMS, NUMBERS, type Packet } from './wire.js'

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

/** About how much a message's items weigh. */
export function bytesOf(packet: Packet): number {
  return packet[0] === NUMBERS ? packet[2].byteLength : packet[2]
}
