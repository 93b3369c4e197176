import { appendFileSync, readFileSync } from 'node:fs'

const ENDINGS = {
  'process.exit(0)': () => process.exit(0),
  'process.exit(1)': () => process.exit(1),
  'an uncaught error': () => {
    setImmediate(() => {
      throw new Error('nothing catches this')
    })
  },
  'an unhandled rejection': () => {
    void Promise.reject(new Error('nothing handles this'))
  }
} satisfies Record<string, () => void>

const MOMENTS = {
  'in a microtask': queueMicrotask,
  'in the next tick': process.nextTick,
  'in the next turn': setImmediate
} satisfies Record<string, (act: () => void) => void>

const UNSENDABLE = {
  'a WeakMap': () => new WeakMap(),
  'a symbol': () => Symbol('unsendable'),
  'a getter that throws': () => ({
    get broken() {
      throw new Error('a broken getter')
    }
  })
} satisfies Record<string, () => unknown>

/** How a task may end its worker. */
export type Ending = keyof typeof ENDINGS
/** When a task that has answered ends its worker. */
export type Moment = keyof typeof MOMENTS
/** Values that can't leave a worker. */
export type Unsendable = keyof typeof UNSENDABLE

/** The names that `endWorker` takes. */
export const endings = Object.keys(ENDINGS) as readonly Ending[]
/** The names that `answerThenEnd` takes. */
export const moments = Object.keys(MOMENTS) as readonly Moment[]
/** The names that `answerUnsendable` takes. */
export const unsendables = Object.keys(UNSENDABLE) as readonly Unsendable[]

/** Ends its worker, and never answers. */
export function endWorker(how: Ending): Promise<never> {
  ENDINGS[how]()
  return new Promise(() => {})
}

/** Answers, and ends its worker about when the answer is on its way. */
export function answerThenEnd<T>(value: T, how: Ending, moment: Moment): T {
  MOMENTS[moment](() => ENDINGS[how]())
  return value
}

/** Yields a number, then ends its worker. */
export async function* yieldThenEnd(how: Ending): AsyncGenerator<number, void, unknown> {
  yield 1
  await endWorker(how)
}

/** Returns a value that can't leave its worker. */
export function answerUnsendable(what: Unsendable): unknown {
  return UNSENDABLE[what]()
}

/** Yields a number, then a value that can't leave its worker. */
export function* yieldUnsendable(what: Unsendable): Generator<unknown, void, unknown> {
  yield 1
  yield UNSENDABLE[what]()
}

/** Throws an error with a value that can't leave its worker. */
export function throwUnsendable(what: Unsendable): never {
  throw Object.assign(new Error('it holds what can not be sent'), { part: UNSENDABLE[what]() })
}

/** Occupies its place, but not its thread, until the file `gate` contains 'open'. */
export async function holdPlace(gate: string, journal: string): Promise<void> {
  const { setTimeout: delay } = await import('node:timers/promises')
  appendFileSync(journal, 'held\n')
  while (!readFileSync(gate, 'utf8').includes('open')) await delay(2)
}

/** Blocks its thread until the file `gate` contains 'open'. */
export function holdThread(gate: string, journal: string): void {
  const word = new Int32Array(new SharedArrayBuffer(4))
  appendFileSync(journal, 'held\n')
  while (!readFileSync(gate, 'utf8').includes('open')) Atomics.wait(word, 0, 0, 2)
}

/** Blocks its thread for ever. */
export function blockForEver(): never {
  for (;;);
}

/** Writes a line into a file, and returns its number. */
export function noteNumber(journal: string, n: number): number {
  appendFileSync(journal, `${n}\n`)
  return n
}
