import { once } from 'node:events'
import { requestContext } from '@bridge/context'
import { currentTask } from '@bridge/core'
import { ConflictException } from '@nestjs/common'

/* The tasks of the soak test's service. Each result has the id of its request. */

const id = (): string | undefined => requestContext.get()?.id

export function twice(n: number): { id: string | undefined; twice: number } {
  return { id: id(), twice: n * 2 }
}

export function spin(milliseconds: number): { id: string | undefined } {
  const ends = performance.now() + milliseconds
  while (performance.now() < ends);
  return { id: id() }
}

export async function untilAborted(): Promise<never> {
  const signal = (currentTask() as { signal: AbortSignal }).signal
  if (!signal.aborted) await once(signal, 'abort')
  throw signal.reason
}

const open = { streams: 0 }

/** A number of rows, possibly infinite. */
export async function* rows(count: number): AsyncGenerator<{ n: number; id: string | undefined }> {
  open.streams++
  try {
    for (let n = 0; n < count; n++) {
      // Yields to the event loop from time to time, so that streams of a thread alternate.
      if (n % 64 === 63) await new Promise(resolve => setImmediate(resolve))
      yield { n, id: id() }
    }
  } finally {
    open.streams--
  }
}

export function openStreams(): number {
  return open.streams
}

export function conflict(): never {
  throw new ConflictException(`taken by ${id()}`)
}

export function fail(): never {
  throw new RangeError('SECRET of the insides')
}

export function exit(): never {
  process.exit(3)
}
