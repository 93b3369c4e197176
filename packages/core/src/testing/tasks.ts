export * from './blocking-and-async-tasks.js'
export * from './fault-tasks.js'
export * from './instance-tasks.js'
export * from './iterable-tasks.js'
export * from './object-tasks.js'
export * from './stream-tasks.js'

import { appendFileSync } from 'node:fs'
import { currentSignal, timeLeft } from '../scope/current-limits.js'
import { runScope } from '../scope/scope.js'
import { currentTask } from '../scope/task-info.js'
import { carriedValue } from './carried-value.js'
import { thenableOf } from './thenables.js'
import { thrownOf } from './thrown.js'

/*
 * The functions that the conformance cases run. They are plain code, as a user's tasks are: a case reads what happened
 * on another thread or in another process from a file, because nothing else is shared with every executor.
 */

/** Returns its argument. */
export function echo<T>(value: T): T {
  return value
}

/** Returns its argument, later. */
export async function echoLater<T>(value: T): Promise<T> {
  await null
  return value
}

/** A plain function that returns a promise. */
export function returnsPromise<T>(value: T): Promise<T> {
  return Promise.resolve(value)
}

/** Returns the thenable that `thenableOf` makes for `kind`. */
export function returnsThenable(kind: string): unknown {
  return thenableOf(kind)
}

/** The same, from an asynchronous function. */
export async function returnsThenableLater(kind: string): Promise<unknown> {
  await null
  return thenableOf(kind)
}

/** Yields the thenable that `thenableOf` makes for `kind`. */
export function* yieldsThenable(kind: string): Generator<unknown, void, unknown> {
  yield thenableOf(kind)
}

/** The same, asynchronously. */
export async function* yieldsThenableLater(kind: string): AsyncGenerator<unknown, void, unknown> {
  yield thenableOf(kind)
}

/** Sums its arguments; there may be none. */
export function sum(...numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

/** Writes a line into a file. */
export function note(journal: string, line: string): void {
  appendFileSync(journal, `${line}\n`)
}

/** The same, later. */
export async function noteLater(journal: string, line: string): Promise<void> {
  await null
  appendFileSync(journal, `${line}\n`)
}

/** Returns a value that can't leave its thread. */
export function uncloneable(): unknown {
  return { deep: [new WeakMap()] }
}

/** Yields a number, then a value that can't leave its thread. */
export function* uncloneableItem(): Generator<unknown, void, unknown> {
  yield 1
  yield new WeakMap()
}

/** Throws the value that `thrownOf` makes for `kind`. */
export function fail(kind: string): never {
  throw thrownOf(kind)
}

/** Rejects with the value that `thrownOf` makes for `kind`. */
export async function failLater(kind: string): Promise<never> {
  await null
  throw thrownOf(kind)
}

/** Counts to `limit`; records in `journal` that its `finally` ran. */
export function* count(limit: number, journal?: string): Generator<number, string, unknown> {
  try {
    for (let n = 1; n <= limit; n++) yield n
    return 'counted'
  } finally {
    if (journal !== undefined) appendFileSync(journal, 'finally\n')
  }
}

/** Counts endlessly; its `finally` keeps its worker busy for the given milliseconds, and then writes to `journal`. */
export function* endsSlowly(milliseconds: number, journal: string): Generator<number, void, unknown> {
  try {
    for (let n = 1; ; n++) yield n
  } finally {
    const end = performance.now() + milliseconds
    while (performance.now() < end);
    appendFileSync(journal, 'finally\n')
  }
}

/** The same as `count`, asynchronously. */
export async function* countLater(limit: number, journal?: string): AsyncGenerator<number, string, unknown> {
  try {
    for (let n = 1; n <= limit; n++) {
      await null
      yield n
    }
    return 'counted'
  } finally {
    if (journal !== undefined) appendFileSync(journal, 'finally\n')
  }
}

/** A plain function that returns an iterator. */
export function returnsIterator(limit: number): Generator<number, string, unknown> {
  return count(limit)
}

/** An async function that returns an async generator. */
export async function returnsStream(limit: number): Promise<AsyncGenerator<number, string, unknown>> {
  return countLater(limit)
}

/** A collection, which is iterable but a value. */
export function collection(): Map<string, number[]> {
  return new Map([['a', [1, 2]]])
}

/** Yields `items` numbers, then throws. */
export function* failAfter(items: number, kind: string): Generator<number, void, unknown> {
  for (let n = 1; n <= items; n++) yield n
  throw thrownOf(kind)
}

/** The same, asynchronously. */
export async function* failLaterAfter(items: number, kind: string): AsyncGenerator<number, void, unknown> {
  for (let n = 1; n <= items; n++) yield n
  await null
  throw thrownOf(kind)
}

/** Never settles, and does not react to being stopped. */
export function never(): Promise<void> {
  return new Promise(() => {})
}

/** Ends when its call is stopped, and records in `journal` when it began and when it has cleaned up. */
export async function untilStopped(journal: string): Promise<void> {
  appendFileSync(journal, 'started\n')
  try {
    await stopped()
  } finally {
    await null
    appendFileSync(journal, 'finally\n')
  }
}

/** Yields `first`, then nothing until its call is stopped. */
export async function* thenSilence<T>(first: T, journal: string): AsyncGenerator<T, void, unknown> {
  try {
    yield first
    await stopped()
  } finally {
    appendFileSync(journal, 'finally\n')
  }
}

/** Yields `first`, then nothing for ever, and does not react to being stopped. */
export async function* thenNothing<T>(first: T): AsyncGenerator<T, void, unknown> {
  yield first
  await never()
}

/** Waits until the file `gate` contains 'open', checking again and again. */
export async function untilOpen<T>(gate: string, value: T): Promise<T> {
  const { readFile } = await import('node:fs/promises')
  const { setTimeout: delay } = await import('node:timers/promises')
  while (!(await readFile(gate, 'utf8')).includes('open')) await delay(2)
  return value
}

/** What a task can learn about its own call. */
/** What a task's own code can learn about its limits. */
export async function ownLimits(): Promise<{ isTaskSignal: boolean; left: number | undefined }> {
  const before = currentSignal()
  await null
  const isTaskSignal = before !== undefined && before === currentTask()?.signal && before === currentSignal()
  return { isTaskSignal, left: timeLeft() }
}

/** The same at each step of a generator. */
export function* ownLimitsInSteps(
  count: number
): Generator<{ isTaskSignal: boolean; left: number | undefined }> {
  for (let n = 0; n < count; n++) {
    const signal = currentSignal()
    yield { isTaskSignal: signal !== undefined && signal === currentTask()?.signal, left: timeLeft() }
  }
}

/** Waits for the signal of a scope that it opens itself, and records that it was not the task's own. */
export async function untilScopeEnds(journal: string, timeout: number): Promise<never> {
  return runScope({ timeout }, () => {
    const signal = currentSignal() as AbortSignal
    appendFileSync(journal, signal === currentTask()?.signal ? 'the same\n' : 'its own\n')
    // The signal does not keep the process alive.
    const waiting = setInterval(() => {}, 1000)
    return new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        clearInterval(waiting)
        appendFileSync(journal, 'aborted\n')
        reject(signal.reason)
      })
    })
  })
}

export async function taskInfo(): Promise<{
  name: string | undefined
  deadline: number | undefined
  aborted: boolean | undefined
  hasSignal: boolean
}> {
  await null
  const task = currentTask()
  return {
    name: task?.name,
    deadline: task?.deadline,
    aborted: task?.aborted,
    hasSignal: task?.signal instanceof AbortSignal
  }
}

/** The value that was sent by the suite's carrier, before and after an await. */
export async function carried(): Promise<unknown[]> {
  const before = carriedValue()
  await null
  return [before, carriedValue()]
}

/** The value that was sent by the suite's carrier, without an await. */
export function carriedNow(): unknown {
  return carriedValue()
}

/** The value that was sent by the suite's carrier, at each step. */
export function* carriedInSteps(steps: number): Generator<unknown, void, unknown> {
  for (let n = 0; n < steps; n++) yield carriedValue()
}

/** The same, asynchronously. */
export async function* carriedInLaterSteps(steps: number): AsyncGenerator<unknown, void, unknown> {
  for (let n = 0; n < steps; n++) {
    await null
    yield carriedValue()
  }
}

/** Not a function, so it can't be called. */
export const notAFunction = 42

function stopped(): Promise<never> {
  const signal = currentTask()?.signal
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
