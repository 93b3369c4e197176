import assert from 'node:assert/strict'
import {
  CallAbortedError,
  CallTimeoutError,
  NotCloneableError,
  WorkerLostError
} from '../../errors/errors.js'
import { collect } from '../bench.js'
import { defineFault, type FaultBench, type FaultSubject, type Outcome, outcomeOf } from '../fault-bench.js'
import { endings } from '../fault-tasks.js'

const CALLS = 200

/** A call among many: its outcome, and which outcomes are allowed. */
interface Mixed {
  readonly what: string
  readonly outcome: Promise<Outcome>
  readonly value?: unknown
  /** Whether its function has left a line in the journal. */
  readonly isNoted?: boolean
  readonly errors: readonly (new (...args: never[]) => Error)[]
}

type Make = (bench: FaultBench, n: number, journal: string) => Omit<Mixed, 'what'>

const COMPLETING: Readonly<Record<string, Make>> = {
  note: ({ tasks }, n, journal) => ({
    outcome: outcomeOf(tasks.noteNumber(journal, n)),
    value: n,
    errors: []
  }),
  later: ({ tasks }, n) => ({ outcome: outcomeOf(tasks.echoLater(n)), value: n, errors: [] }),
  stream: ({ tasks }) => {
    const items = async (): Promise<unknown> => {
      const { items, end, error } = await collect(tasks.count(3))
      if (end === 'thrown') throw error
      return items
    }
    return { outcome: outcomeOf(items()), value: [1, 2, 3], errors: [] }
  }
}

const FAILING: Readonly<Record<string, Make>> = {
  'cancelled at once': ({ tasks }, n, journal) => {
    const future = tasks.noteNumber(journal, n).start()
    const outcome = outcomeOf(future)
    future.cancel()
    return { outcome, errors: [CallAbortedError] }
  },
  'cancelled later': ({ tasks }, n, journal) => {
    const future = tasks.noteNumber(journal, n).start()
    setImmediate(() => future.cancel())
    return { outcome: outcomeOf(future), value: n, isNoted: true, errors: [CallAbortedError] }
  },
  'ended by its signal': ({ tasks }, n, journal) => {
    const stop = new AbortController()
    setImmediate(() => setImmediate(() => stop.abort(new CallAbortedError('by its signal'))))
    const call = tasks.noteNumber(journal, n).with({ signal: stop.signal })
    return { outcome: outcomeOf(call), value: n, isNoted: true, errors: [CallAbortedError] }
  },
  'ended by its timeout': ({ tasks }) => ({
    outcome: outcomeOf(tasks.never().with({ timeout: 5 })),
    errors: [CallTimeoutError]
  }),
  unsendable: ({ tasks }) => ({
    outcome: outcomeOf(tasks.answerUnsendable('a WeakMap')),
    errors: [NotCloneableError]
  })
}

const crash =
  (random: () => number): Make =>
  ({ tasks }) => {
    const how = endings[Math.floor(random() * endings.length)] ?? 'process.exit(1)'
    return { outcome: outcomeOf(tasks.endWorker(how)), errors: [] }
  }

/** Many calls of every kind at a time, in an order that follows from a seed. */
export const mixedFaults = [1, 2, 3].map(seed =>
  defineFault(
    `many calls settle once each, in any mix of completion, cancel and crash: seed ${seed}`,
    async bench => {
      const { subject, within, file, lines } = bench
      const journal = file('journal')
      const calls: Mixed[] = []
      const answered: string[] = []
      const make = chooser(subject, seed)
      for (let n = 0; n < CALLS; n++) {
        const [what, start] = make()
        calls.push({ what: `call ${n} (${what}, seed ${seed})`, ...start(bench, n, journal) })
        // Some are made in one go, and some while others are under way.
        if (n % 7 === 0) await new Promise(setImmediate)
      }
      for (const [n, { what, outcome, value, errors, isNoted }] of calls.entries()) {
        const got = await within(what, outcome)
        if ('value' in got) {
          assert.deepEqual(got.value, value, what)
          if (isNoted) answered.push(`${n}`)
          continue
        }
        const allowed = subject.hasOwnWorker ? [...errors, WorkerLostError] : errors
        assert.ok(
          allowed.some(Class => got.error instanceof Class),
          `${what}: ${String(got.error)}`
        )
      }
      await bench.worksAgain('after all of them')
      const ran = lines(journal)
      assert.equal(new Set(ran).size, ran.length, 'no call ran twice')
      assert.deepEqual(
        answered.filter(n => !ran.includes(n)),
        [],
        'what answered has run'
      )
    }
  )
)

/** Chooses a kind of call by chance, a crash for one in twenty where the worker can be ended. */
function chooser(subject: FaultSubject, seed: number): () => readonly [string, Make] {
  let state = seed
  const random = (): number => {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const of = (kinds: Readonly<Record<string, Make>>): readonly [string, Make] =>
    Object.entries(kinds)[Math.floor(random() * Object.keys(kinds).length)] as [string, Make]
  return () => {
    const chance = random()
    if (chance < 0.05 && subject.hasOwnWorker) return ['crash', crash(random)]
    return of(chance < 0.6 ? COMPLETING : FAILING)
  }
}
