import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'

const KEY = '@bridge/soak/tickets'

/** More than the number of calls in flight. A power of two. */
const SLOTS = 1 << 16

/** How many numbers belong to one call, for its results. */
const SPAN = 1000

let words: Int32Array | undefined
let last = 0

/** Creates memory that every thread started from now on shares with this thread. */
export function openTickets(): void {
  words = new Int32Array(new SharedArrayBuffer(4 * SLOTS))
  // Node passes it to each worker by itself, so that no call has to carry it, which would prevent the fastest path.
  setEnvironmentData(KEY, words as never)
}

/** A number that belongs to one call, with the numbers up to the next one. Resets its count. */
export function newTicket(): number {
  last = (last + 1) | 0
  const ticket = last * SPAN
  Atomics.store(counters(), slotOf(ticket), 0)
  return ticket
}

/** Counts a run for that call. */
export function ran(ticket: number): void {
  Atomics.add(counters(), slotOf(ticket), 1)
}

/** How often that call ran. */
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
