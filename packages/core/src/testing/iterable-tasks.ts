import { appendFileSync } from 'node:fs'
import { thrownOf } from './thrown.js'

/* Used by the cases of `cases/iterables.ts`. */

function failing(kind: string): Promise<never> {
  return Promise.reject(thrownOf(kind))
}

/** Yields a number, then a promise that rejects; records in `journal` that its `finally` ran. */
export function* rejectedItem(kind: string, journal: string): Generator<unknown, void, unknown> {
  try {
    yield 1
    yield failing(kind)
    appendFileSync(journal, 'stepped on\n')
  } finally {
    appendFileSync(journal, 'finally\n')
  }
}

/** The same, with a `finally` that fails. */
export function* rejectedItemBadlyEnded(kind: string, journal: string): Generator<unknown, void, unknown> {
  try {
    yield failing(kind)
  } finally {
    appendFileSync(journal, 'finally\n')
    // biome-ignore lint/correctness/noUnsafeFinally: what it is about
    throw new TypeError('from finally')
  }
}

/** Yields endlessly and, when an error is thrown into it, a promise that rejects with that error. */
export function* rejectedWhenThrown(journal: string): Generator<unknown, void, unknown> {
  try {
    let next: unknown = 1
    for (;;) {
      try {
        yield next
        next = 1
      } catch (error) {
        next = Promise.reject(error)
      }
    }
  } finally {
    appendFileSync(journal, 'finally\n')
  }
}

/** An iterator whose result is a promise, which rejects when a `kind` is given; records that it was closed. */
export function resultLater(journal: string, kind?: string): Iterator<unknown, unknown, unknown> & object {
  return {
    next: () => ({ done: true, value: kind === undefined ? Promise.resolve('result') : failing(kind) }),
    return(value?: unknown) {
      appendFileSync(journal, 'returned\n')
      return { done: true, value }
    },
    [Symbol.iterator]() {
      return this
    }
  } as Iterator<unknown, unknown, unknown> & object
}

/** An instance of it has no data to copy. */
class Naturals {
  readonly #limit: number
  readonly #journal: string | undefined

  constructor(limit: number, journal?: string) {
    this.#limit = limit
    this.#journal = journal
  }

  get limit(): number {
    return this.#limit
  }

  *[Symbol.iterator](): Generator<number, string, unknown> {
    try {
      for (let n = 1; n <= this.#limit; n++) yield n
      return 'counted'
    } finally {
      if (this.#journal !== undefined) appendFileSync(this.#journal, 'finally\n')
    }
  }
}

class MoreNaturals extends Naturals {}

class NaturalsLater {
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number, string, unknown> {
    for (let n = 1; n <= this.#limit; n++) yield n
    return 'counted'
  }
}

class WithField {
  readonly limit: number

  constructor() {
    this.limit = 3
  }

  *[Symbol.iterator](): Generator<number, void, unknown> {
    yield this.limit
  }
}

class Table extends Map<string, number> {}
class List extends Array<number> {}
class Bytes extends Uint8Array {}

/** The items of a class's instance, as the compiler sees its type. */
export interface Items extends Iterable<number> {
  at(index: number): number
}

/** Returns an instance that has no fields. */
export function instance(limit: number, journal?: string): Items {
  return new Naturals(limit, journal) as unknown as Items
}

/** The same, of a subclass, and from an asynchronous function. */
export async function instanceLater(limit: number): Promise<Iterable<number>> {
  await null
  return new MoreNaturals(limit)
}

/** Returns an instance that is iterated asynchronously. */
export function asyncInstance(limit: number): AsyncIterable<number> {
  return new NaturalsLater(limit)
}

/** Returns an iterable that is a value. */
export function iterableValue(kind: 'field' | 'map' | 'array' | 'bytes'): unknown {
  if (kind === 'field') return new WithField()
  if (kind === 'map') return new Table([['a', 1]])
  return kind === 'array' ? List.of(1, 2) : Bytes.of(1, 2)
}

/** Its objects have no fields and are iterable. */
export class Range {
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  twice(): Range {
    return new Range(2 * this.#limit)
  }

  naturals(): Items {
    return instance(this.#limit)
  }

  *[Symbol.iterator](): Generator<number, void, unknown> {
    for (let n = 0; n < this.#limit; n++) yield n
  }
}
