import assert from 'node:assert/strict'
import { Timer } from '../clock.js'
import { CallTimeoutError, WorkerLostError } from '../errors/errors.js'
import type { Executor } from '../executor/executor.js'
import { type Bench, defineCase } from './bench.js'

/** An executor as `faultCases` meets it: how a fresh one is made, and which cases it must pass. */
export interface FaultSubject {
  /** Gives each case an executor of one worker; the case closes it. */
  make(): Executor | Promise<Executor>
  /** Whether tasks run in a process or a thread of their own, which they may end. */
  readonly hasOwnWorker?: boolean
  /** Whether it runs one call at a time, and chooses by priority which of those that wait is next. */
  readonly hasQueue?: boolean
  /** As the executor's own. */
  readonly canBlock?: boolean
  /** As the executor's own. */
  readonly keepsObjects?: boolean
  /** Milliseconds after which a wait of a case counts as a hang; 10,000 unless set. */
  readonly patience?: number
}

/** One thing an executor must do when something goes wrong. `run` rejects when it does not. */
export interface FaultCase {
  /** A sentence for the test's name. */
  readonly name: string
  run(): Promise<void>
}

/** What a call came to. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What a case works with. */
export interface FaultBench extends Bench {
  readonly subject: FaultSubject
  readonly patience: number
  /** Waits for `promise`; when that takes too long the case fails, and the message names what did not settle. */
  within<T>(what: string, promise: Promise<T>): Promise<T>
  /** What a blocking act came to. Only the executor itself can end one that hangs, so `act` sets `patience` as a limit. */
  blocked(what: string, act: () => unknown): Outcome
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
        await defineCase(name, bench => body(openFaultBench(bench, subject, patience)), patience).run(
          executor
        )
      } catch (error) {
        // An executor that hangs may do so here, too, and is not waited for much longer.
        await boundedBy(Math.min(patience, 1_000))('close()', executor.close()).catch(() => {})
        throw error
      }
      await within('close()', executor.close())
    }
  })
}

/** The outcome of a call, which is consumed at once: what it rejects with is handled whatever becomes of the case. */
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

function openFaultBench(bench: Bench, subject: FaultSubject, patience: number): FaultBench {
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
