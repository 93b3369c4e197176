import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { threadId } from 'node:worker_threads'
import { currentTask } from '@bridge/core'
import { receiveStream, type SentStream } from '@bridge/iter'
import { transfer } from '@bridge/pool'
import { liveThings } from '../live.js'
import { ran } from '../tickets.js'

/* The tasks of the soak test. Each result has the number of its call. */

export function echo<T>(ticket: number, value: T): { ticket: number; value: T } {
  ran(ticket)
  return { ticket, value }
}

/** Small enough, from the second call on, for the fastest path. */
export function plain(ticket: number): number {
  ran(ticket)
  return ticket
}

export async function later(ticket: number, milliseconds: number): Promise<number> {
  ran(ticket)
  await new Promise(resolve => setTimeout(resolve, milliseconds))
  return ticket
}

export function spin(ticket: number, milliseconds: number): number {
  ran(ticket)
  const ends = performance.now() + milliseconds
  while (performance.now() < ends);
  return ticket
}

export function spinUntilAborted(ticket: number): number {
  ran(ticket)
  const task = currentTask()
  while (task?.aborted !== true);
  return ticket
}

export async function untilAborted(ticket: number): Promise<number> {
  ran(ticket)
  const signal = currentTask()?.signal
  await new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return ticket
}

export function depthOf(ticket: number, value: unknown): number {
  ran(ticket)
  let depth = 0
  for (let part = value; typeof part === 'object'; depth++) part = Object.values(part as object)[0]
  return depth
}

export function nested(ticket: number, depth: number): unknown {
  ran(ticket)
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}

export function fail(ticket: number): never {
  ran(ticket)
  throw Object.assign(new RangeError(`failed ${ticket}`, { cause: new TypeError(`cause ${ticket}`) }), {
    ticket
  })
}

export async function failLater(ticket: number): Promise<never> {
  ran(ticket)
  await null
  throw Object.assign(new RangeError(`failed ${ticket}`, { cause: new TypeError(`cause ${ticket}`) }), {
    ticket
  })
}

export function uncloneable(ticket: number): unknown {
  ran(ticket)
  return { deep: [new WeakMap()] }
}

export function moved(ticket: number, bytes: Uint8Array): Uint8Array {
  ran(ticket)
  for (let n = 0; n < bytes.length; n++) bytes[n] = ticket & 255
  return transfer(bytes, [bytes.buffer as ArrayBuffer])
}

export function* count(ticket: number, items: number): Generator<number, number, unknown> {
  ran(ticket)
  for (let n = 0; n < items; n++) yield ticket + n
  return ticket
}

export async function* countLater(ticket: number, items: number): AsyncGenerator<number, number, unknown> {
  ran(ticket)
  for (let n = 0; n < items; n++) {
    if (n % 16 === 0) await null
    yield ticket + n
  }
  return ticket
}

export function* failAfter(ticket: number, items: number): Generator<number, void, unknown> {
  ran(ticket)
  for (let n = 0; n < items; n++) yield ticket + n
  throw Object.assign(new RangeError(`failed ${ticket}`), { ticket })
}

/** Yields one number, and then waits until it is stopped. */
export async function* silence(ticket: number): AsyncGenerator<number, void, unknown> {
  ran(ticket)
  yield ticket
  const signal = currentTask()?.signal
  await new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

export async function sum(ticket: number, numbers: SentStream<number>): Promise<number> {
  ran(ticket)
  let total = ticket
  for await (const n of receiveStream(numbers)) total += n
  return total
}

export async function firstOf(ticket: number, numbers: SentStream<number>): Promise<number> {
  ran(ticket)
  for await (const n of receiveStream(numbers)) return n
  return -1
}

let collect: (() => void) | undefined

/** The state of this thread, after everything that can be released has been. */
export async function vitals(): Promise<{
  threadId: number
  heap: number
  things: number
  resources: number
}> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  for (let turn = 0; turn < 4; turn++) {
    collect()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  return {
    threadId,
    heap: getHeapStatistics().used_heap_size,
    things: liveThings(),
    resources: process.getActiveResourcesInfo().length
  }
}
