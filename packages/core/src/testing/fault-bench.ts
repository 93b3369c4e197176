import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Timer } from '../clock.js'
import { CallTimeoutError, WorkerLostError } from '../errors/errors.js'
import type { Executor } from '../executor/executor.js'
import { type Bench, defineCase } from './bench.js'

/** The executor under test for `faultCases`: how to create one, and which cases it must pass. */
export interface FaultSubject {
  /** Returns an executor with one worker for each case; the case closes it. */
  make(): Executor | Promise<Executor>
  /** Whether tasks run in a separate process or thread, which they may end. */
  readonly hasOwnWorker?: boolean
  /** Whether it runs one call at a time, and chooses the next of the waiting calls by priority. */
  readonly hasQueue?: boolean
  /** As the executor's own. */
  readonly canBlock?: boolean
  /** As the executor's own. */
  readonly keepsObjects?: boolean
  /**
   * How many calls wait, for an executor whose calls take some time to reach its queue; `executor` is one returned by
   * `make()`.
   */
  countQueued?(executor: Executor): number | Promise<number>
  /** Milliseconds after which a wait of a case counts as a hang; 10,000 unless set. */
  readonly patience?: number
}

/** One thing an executor must do when something goes wrong. `run` rejects when it does not. */
export interface FaultCase {
  /** A sentence for the test's name. */
  readonly name: string
  run(): Promise<void>
}

/** The outcome of a call. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What a case may use. */
export interface FaultBench extends Bench {
  readonly subject: FaultSubject
  readonly patience: number
  /** Waits for `promise`; when that takes too long the case fails, and the message names what did not settle. */
  within<T>(what: string, promise: Promise<T>): Promise<T>
  /**
   * The outcome of a blocking act. Only the executor itself can end a blocking call that hangs, so `act` sets
   * `patience` as a limit.
   */
  blocked(what: string, act: () => unknown): Outcome
  /** Waits until this many calls are in the executor's queue. */
  untilQueued(count: number): Promise<void>
  /** Calls a function that must answer. */
  works(when: string): Promise<void>
  /** The same, where calls may be sent to a worker that is ending. */
  worksAgain(when: string): Promise<void>
}

/** Names a case that is run on a fresh executor, which is closed when it has passed. */
export function defineFault(name: string, body: (bench: FaultBench) => Promise<void>) {
  return (subject: FaultSubject): FaultCase => ({
    name,
    async run() {
      const { patience = 10_000 } = subject
      const within = boundedBy(patience)
      const executor = await within('make()', Promise.resolve(subject.make()))
      try {
        const run = (bench: Bench) => body(openFaultBench(bench, executor, subject, patience))
        await defineCase(name, run, patience).run(executor)
      } catch (error) {
        // An executor that hangs may hang here, too, and is not waited for much longer.
        await boundedBy(Math.min(patience, 1_000))('close()', executor.close()).catch(() => {})
        throw error
      }
      await within('close()', executor.close())
    }
  })
}

/** The outcome of a call, which is consumed immediately: its rejection is handled whatever happens to the case. */
export function outcomeOf(call: PromiseLike<unknown>): Promise<Outcome> {
  return Promise.resolve(
    call.then(
      value => ({ value }),
      (error: unknown) => ({ error })
    )
  )
}

/** Fails unless the outcome is an error of that class. */
export function assertFailed(what: string, outcome: Outcome, Class: new (...args: never[]) => Error): void {
  const got = 'error' in outcome ? String(outcome.error) : `the value ${String(outcome.value)}`
  assert.ok(
    'error' in outcome && outcome.error instanceof Class,
    `${what}: expected ${Class.name}, got ${got}`
  )
}

/** Fails unless the outcome is this value or, `orLost`, the loss of the worker. */
export function assertValue(what: string, outcome: Outcome, value: unknown, orLost = false): void {
  if (orLost && 'error' in outcome) assertFailed(what, outcome, WorkerLostError)
  else assert.deepEqual(outcome, { value }, what)
}

function openFaultBench(
  bench: Bench,
  executor: Executor,
  subject: FaultSubject,
  patience: number
): FaultBench {
  const within = boundedBy(patience)
  const call = (when: string): Promise<Outcome> =>
    within(`the next call ${when}`, outcomeOf(bench.tasks.echo('next')))
  return {
    ...bench,
    subject,
    patience,
    within,
    blocked(what, act) {
      try {
        return { value: act() }
      } catch (error) {
        if (error instanceof CallTimeoutError) assert.fail(`${what} was still blocked after ${patience} ms`)
        return { error }
      }
    },
    async untilQueued(count) {
      // Calls are sent in the microtask after their making.
      await null
      if (subject.countQueued === undefined) return
      const until = performance.now() + patience
      for (let queued = 0; queued !== count; await setImmediate()) {
        queued = await subject.countQueued(executor)
        assert.ok(
          performance.now() < until,
          `${queued} of ${count} calls are in the queue after ${patience} ms`
        )
      }
    },
    async works(when) {
      assertValue(`the next call ${when}`, await call(when), 'next')
    },
    async worksAgain(when) {
      for (let left = 5; left > 0; left--) {
        const outcome = await call(when)
        assertValue(`the next call ${when}`, outcome, 'next', left > 1)
        if ('value' in outcome) return
      }
    }
  }
}

function boundedBy(patience: number): FaultBench['within'] {
  return (what, promise) => {
    let timer: Timer | undefined
    const late = new Promise<never>((_, reject) => {
      timer = new Timer(patience, () =>
        reject(new assert.AssertionError({ message: `${what} did not settle within ${patience} ms` }))
      )
    })
    return Promise.race([promise, late]).finally(() => timer?.stop())
  }
}
