import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const KEY = '@bridge/soak/tickets'

/** More calls than can be under way at once. A power of two. */
const SLOTS = 1 << 16

/** How many numbers belong to one call: those that its answers are made of. */
const SPAN = 1000

let words: Int32Array | undefined
let last = 0

/** Memory that every thread started from now on shares with this one. */
export function openTickets(): void {
  words = new Int32Array(new SharedArrayBuffer(4 * SLOTS))
  // Node hands it to each worker by itself, so that no call need carry it and may go the shortest way.
  setEnvironmentData(KEY, words as never)
}

/** A number that no other call has, with those behind it up to the next one. Nothing has run for it. */
export function newTicket(): number {
  last = (last + 1) | 0
  const ticket = last * SPAN
  Atomics.store(counters(), slotOf(ticket), 0)
  return ticket
}

/** Something runs for that call. */
export function ran(ticket: number): void {
  Atomics.add(counters(), slotOf(ticket), 1)
}

/** How often something ran for that call. */
export function timesRun(ticket: number): number {
  return Atomics.load(counters(), slotOf(ticket))
}

function slotOf(ticket: number): number {
  return Math.trunc(ticket / SPAN) & (SLOTS - 1)
}

function counters(): Int32Array {
  words ??= getEnvironmentData(KEY) as unknown as Int32Array
  return words
}
