import { EventEmitter, on } from 'node:events'
import { appendFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { currentTask } from '../scope/task-info.js'

/*
 * The generators and other sources that the suite drives by next(value), throw() and return(). A source with a
 * `journal` records in it what it has produced, and how it ended.
 */

/**
 * Yields numbers, and what is given to it or thrown into it; an error named 'stop' ends it, an error named 'fail' is
 * rethrown.
 */
export function* driven(journal?: string): Generator<unknown, string, unknown> {
  let answer: string | undefined
  try {
    for (let n = 1; ; ) {
      if (answer === undefined && journal !== undefined) appendFileSync(journal, `${n}\n`)
      try {
        answer = answerTo(yield answer ?? n++)
      } catch (error) {
        answer = answerToThrown(error as Error)
        if (answer === undefined) return 'stopped'
      }
    }
  } finally {
    if (journal !== undefined) appendFileSync(journal, 'finally\n')
  }
}

/** The same, asynchronously. */
export async function* drivenLater(journal?: string): AsyncGenerator<unknown, string, unknown> {
  let answer: string | undefined
  try {
    for (let n = 1; ; ) {
      if (answer === undefined && journal !== undefined) appendFileSync(journal, `${n}\n`)
      try {
        await null
        answer = answerTo(yield answer ?? n++)
      } catch (error) {
        answer = answerToThrown(error as Error)
        if (answer === undefined) return 'stopped'
      }
    }
  } finally {
    if (journal !== undefined) appendFileSync(journal, 'finally\n')
  }
}

/** A plain iterator, which has no throw(). */
export function plainIterator(journal: string): Iterator<number, string, unknown> {
  let n = 0
  let isOver = false
  return {
    next: () => (isOver ? { done: true, value: 'over' } : { done: false, value: ++n }),
    return(value) {
      isOver = true
      appendFileSync(journal, 'returned\n')
      return { done: true, value: value as string }
    },
    // Makes it a value that streams.
    [Symbol.iterator]() {
      return this
    }
  } as Iterator<number, string, unknown>
}

/** Yields once more when it is closed, and returns another value in the end. */
export function* reluctant(): Generator<string, string, unknown> {
  try {
    for (;;) yield 'first'
  } finally {
    yield 'from finally'
    // biome-ignore lint/correctness/noUnsafeFinally: what it gives in place of what it was returned with
    return 'in the end'
  }
}

/** The same, asynchronously. */
export async function* reluctantLater(): AsyncGenerator<string, string, unknown> {
  try {
    for (;;) yield 'first'
  } finally {
    await null
    yield 'from finally'
    // biome-ignore lint/correctness/noUnsafeFinally: what it gives in place of what it was returned with
    return 'in the end'
  }
}

/** Yields `first`, then waits without reacting to a signal, and records what it sees of its own call. */
export async function* thenForeignWait(
  first: string,
  journal: string
): AsyncGenerator<string, void, unknown> {
  const signal = currentTask()?.signal
  signal?.addEventListener('abort', () => appendFileSync(journal, 'aborted\n'), { once: true })
  yield first
  await new Promise(() => {})
}

/** A silent source of a kind, which records that it was closed. */
export function silent(kind: string, first: string, journal: string): AsyncIterable<string> {
  const ended = (): void => appendFileSync(journal, 'ended\n')
  switch (kind) {
    case 'Readable': {
      const readable = new Readable({ objectMode: true, read() {} })
      readable.on('close', ended)
      readable.push(first)
      return readable
    }
    case 'ReadableStream':
      return new ReadableStream<string>({ start: controller => controller.enqueue(first), cancel: ended })
    case 'events.on': {
      const emitter = new EventEmitter()
      const events = on(emitter, 'item') as AsyncIterableIterator<[string]>
      emitter.emit('item', first)
      return {
        [Symbol.asyncIterator]: () => ({
          async next() {
            const { done, value } = await events.next()
            return done === true ? { done, value: undefined } : { done: false, value: value[0] }
          },
          async return() {
            await events.return?.()
            ended()
            return { done: true, value: undefined }
          }
        })
      }
    }
    default:
      throw new RangeError(`no source is called ${kind}`)
  }
}

function answerTo(given: unknown): string | undefined {
  return given === undefined ? undefined : `given ${given as string}`
}

function answerToThrown(error: Error): string | undefined {
  if (error.message === 'fail') throw error
  return error.message === 'stop' ? undefined : `caught ${error.message}`
}
