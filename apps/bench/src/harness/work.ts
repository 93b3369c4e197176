import type { TaskName } from '../workers/tasks.js'
import { type Contestant, freshId, type Role, WrongAnswer } from './contestant.js'
import { Stopwatch, type Timed } from './stopwatch.js'

/** The work of a row: a task, a different argument for each call, and the check of a result. */
export interface Work<I> {
  readonly task: TaskName
  input(id: number): I
  isRight(input: I, answer: unknown): boolean
}

/** A library that is set up for one task. */
export interface Opened<R> {
  call(input: never): R
  close(): void | Promise<void>
}

/** A library, for the rows. `R` is the type of a call: a promise, or the result itself. */
export interface Library<R> {
  readonly name: string
  readonly role: Role
  readonly atMost?: number
  open(task: TaskName): Opened<R> | Promise<Opened<R>>
}

type Call<R> = (input: unknown) => R
/** How a turn calls: it times itself, and stores the results to be checked afterwards. */
export type Turn<R> = (
  call: Call<R>,
  inputs: readonly unknown[],
  answers: unknown[]
) => Timed | Promise<Timed>

/** Microseconds for each call when the caller blocks for each. */
export const blocking: Turn<unknown> = (call, inputs, answers) => {
  const watch = new Stopwatch()
  for (let n = 0; n < inputs.length; n++) answers[n] = call(inputs[n])
  return watch.perCall(inputs.length, 'µs')
}

const nap = new Int32Array(new SharedArrayBuffer(4))
const IDLE = 2

/**
 * The same, but each call is made after two idle milliseconds, which are not counted. The CPU time includes both, because the
 * work of a library's threads while idle is a part of its cost.
 */
export const blockingAfterIdle: Turn<unknown> = (call, inputs, answers) => {
  const watch = new Stopwatch()
  let spent = 0
  for (let n = 0; n < inputs.length; n++) {
    Atomics.wait(nap, 0, 0, IDLE)
    const started = performance.now()
    answers[n] = call(inputs[n])
    spent += performance.now() - started
  }
  return watch.perCall(inputs.length, 'µs', spent)
}

/** Microseconds for each call with `width` calls in flight; with 1, each is awaited before the next. */
export function inFlight(width: number): Turn<Promise<unknown>> {
  return async (call, inputs, answers) => {
    const watch = new Stopwatch()
    for (let first = 0; first < inputs.length; first += width) {
      if (width === 1) {
        answers[first] = await call(inputs[first])
        continue
      }
      // Not `map(call)`, which would pass the index and all inputs as further arguments.
      const batch = await Promise.all(inputs.slice(first, first + width).map(input => call(input)))
      for (let n = 0; n < batch.length; n++) answers[first + n] = batch[n]
    }
    return watch.perCall(inputs.length, 'µs')
  }
}

/**
 * A contestant that does the work with a library: arguments are made before the clock starts, results checked afterwards.
 * `warmingTurn` is how it warms up, if not in the measured way.
 */
export function contestant<I, R>(
  library: Library<R>,
  work: Work<I>,
  turn: Turn<R>,
  warmingTurn: Turn<R> = turn
): Contestant {
  let opened: Opened<R> | undefined
  const play = async (n: number, how: Turn<R>): Promise<Timed> => {
    if (opened === undefined) throw new Error(`${library.name} is not set up`)
    const inputs = Array.from({ length: n }, () => work.input(freshId()))
    const answers: unknown[] = new Array(n)
    const timed = await how(opened.call as Call<R>, inputs, answers)
    for (const [index, input] of inputs.entries()) {
      if (work.isRight(input, answers[index])) continue
      throw new WrongAnswer(`call ${index + 1} of ${n} got an answer that is not its own`)
    }
    return timed
  }
  return {
    name: library.name,
    role: library.role,
    atMost: library.atMost,
    async setup() {
      opened = await library.open(work.task)
    },
    run: n => play(n, turn),
    warm: n => play(n, warmingTurn),
    teardown: () => opened?.close()
  }
}
