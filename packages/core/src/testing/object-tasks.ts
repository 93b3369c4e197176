import { appendFileSync } from 'node:fs'
import { proxy } from '../object/proxy.js'
import type { RemoteObject } from '../object/types.js'
import { currentTask } from '../scope/task-info.js'
import { carriedValue } from './carried-value.js'
import { thenableOf } from './thenables.js'
import { thrownOf } from './thrown.js'

/* The classes of which the conformance cases construct objects, and functions that accept and return such objects. */

/** The part that every counter has in common. */
class Base {
  static readonly kind = 'counter'
  static madeSoFar = 0

  static howMany(): number {
    // biome-ignore lint/complexity/noThisInStatic: whose static it is, is the question
    return this.madeSoFar
  }

  /** The name of the class on which it was called. */
  static ownName(): string {
    // biome-ignore lint/complexity/noThisInStatic: whose static it is, is the question
    return this.name
  }

  /** Overridden below. */
  describe(): string {
    return 'base'
  }

  inherited(): string {
    return `inherited by ${this.describe()}`
  }
}

/** A counter; its other members are what the cases test. */
export class Counter extends Base {
  count: number
  #waiting: (() => void)[] = []
  readonly #journal: string | undefined

  constructor(start = 0, journal?: string) {
    super()
    Base.madeSoFar++
    this.count = start
    this.#journal = journal
    if (journal !== undefined) appendFileSync(journal, `made ${start}\n`)
  }

  static of(start: number): Counter {
    return counterAt(start)
  }

  static thenable(kind: string): unknown {
    return thenableOf(kind)
  }

  thenable(kind: string): unknown {
    return thenableOf(kind)
  }

  static async ofLater(start: number): Promise<Counter> {
    await null
    return counterAt(start)
  }

  get double(): number {
    return 2 * this.count
  }

  set double(value: number) {
    this.count = value / 2
  }

  override describe(): string {
    return `counter at ${this.count}`
  }

  add(by = 1): number {
    this.count += by
    for (const go of this.#waiting.splice(0)) go()
    return this.count
  }

  async addLater(by = 1): Promise<number> {
    await null
    return this.add(by)
  }

  /** Resolves when other calls have counted up to `count`. */
  async reached(count: number): Promise<string> {
    while (this.count < count) await new Promise<void>(resolve => this.#waiting.push(resolve))
    return 'reached'
  }

  *below(): Generator<number, string, unknown> {
    for (let n = 0; n < this.count; n++) yield n
    return 'all'
  }

  self(): this {
    return this
  }

  async selfLater(): Promise<this> {
    await null
    return this
  }

  fork(): Counter {
    return counterAt(this.count)
  }

  isSame(other: Counter): boolean {
    return (other as unknown) === this
  }

  fail(kind: string): never {
    throw thrownOf(kind)
  }

  untilStopped(): Promise<never> {
    const signal = currentTask()?.signal
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  }

  async carried(): Promise<unknown[]> {
    const before = carriedValue()
    await null
    return [before, carriedValue()]
  }

  taskName(): string | undefined {
    return currentTask()?.name
  }

  *[Symbol.iterator](): Generator<number, void, unknown> {
    try {
      for (let n = 1; n <= this.count; n++) yield n
    } finally {
      this.#note('finally')
    }
  }

  [Symbol.dispose](): void {
    this.#note('disposed')
  }

  #note(line: string): void {
    if (this.#journal !== undefined) appendFileSync(this.#journal, `${line}\n`)
  }
}

/** Outside the class, which esbuild renames when it refers to itself. */
function counterAt(start: number): Counter {
  return new Counter(start)
}

/** A class that is iterated and disposed asynchronously. */
export class LateCounter extends Base {
  readonly limit: number
  readonly #journal: string | undefined

  constructor(limit: number, journal?: string) {
    super()
    this.limit = limit
    this.#journal = journal
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, unknown> {
    for (let n = 1; n <= this.limit; n++) {
      await null
      yield n
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await null
    if (this.#journal !== undefined) appendFileSync(this.#journal, 'disposed later\n')
  }
}

/** Its constructor throws. */
export class Broken {
  readonly made = true

  constructor(kind: string) {
    throw thrownOf(kind)
  }

  use(): string {
    return 'used'
  }
}

/** Its disposal throws. */
export class EndsBadly {
  readonly #kind: string

  constructor(kind: string) {
    this.#kind = kind
  }

  use(): string {
    return 'used'
  }

  [Symbol.dispose](): void {
    throw thrownOf(this.#kind)
  }
}

/** The sum of all counters in the given data. */
export function totalOf(data: {
  list: readonly Counter[]
  map: ReadonlyMap<string, Counter>
  set: ReadonlySet<Counter>
}): number {
  let total = 0
  for (const one of [...data.list, ...data.map.values(), ...data.set]) total += one.count
  return total
}

/** Whether the two are the same object. */
export function areSame(one: unknown, other: unknown): boolean {
  return one === other && typeof one === 'object' && one !== null && 'count' in one
}

/** One counter at several places, beside plain data. */
export function sharedCounter(start: number): {
  plain: number
  first: RemoteObject<Counter>
  list: RemoteObject<Counter>[]
  map: Map<string, RemoteObject<Counter>>
} {
  const one = proxy(new Counter(start))
  return { plain: start, first: one, list: [one], map: new Map([['one', one]]) }
}

/** Throws an error that contains a counter. */
export function failWithCounter(start: number): never {
  throw Object.assign(new RangeError('it has a counter'), { counter: proxy(new Counter(start)) })
}

/** Has a property that `await` waits for. */
export class ThenableKeeper {
  readonly #kind: string

  constructor(kind: string) {
    this.#kind = kind
  }

  get kept(): unknown {
    return thenableOf(this.#kind)
  }
}
