import { appendFileSync } from 'node:fs'
import { resource } from '../resource/resource.js'

/* Classes whose objects stay, or are copied, exported objects, and resources. */

/** It can be disposed, so its objects stay. */
export class Ledger {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  static open(name: string): Ledger {
    return new Ledger(name)
  }

  static async openLater(name: string): Promise<Ledger> {
    await null
    return new Ledger(name)
  }

  read(line: string): string {
    return `${this.name}: ${line}`
  }

  async readLater(line: string): Promise<string> {
    await null
    return this.read(line)
  }

  /** A subclass that is exported, too. */
  page(number: number): Page {
    return new Page(`${this.name}/${number}`, number)
  }

  refuse(): never {
    throw Object.assign(new Error('refused'), { by: this })
  }

  pages(): { readonly list: Page[]; readonly by: Map<string, Page> } {
    return { list: [this.page(1), this.page(2)], by: new Map([['three', this.page(3)]]) }
  }

  get first(): Page {
    return this.page(1)
  }

  *all(): Generator<Page, Page> {
    yield this.page(1)
    yield this.page(2)
    return this.page(3)
  }

  [Symbol.dispose](): void {}
}

export class Page extends Ledger {
  readonly number: number

  constructor(name: string, number: number) {
    super(name)
    this.number = number
  }

  turned(): number {
    return this.number + 1
  }
}

/** The same class under another name. */
export { Ledger as Register }

/** It is copied, together with references to the objects in it that stay. */
export class Shelf {
  readonly ledger: Ledger

  constructor(name: string) {
    this.ledger = new Ledger(name)
  }
}

export function shelf(name: string): Shelf {
  return new Shelf(name)
}

/** A class that no import can name. */
class Hidden extends Ledger {
  more(): string {
    return `more of ${this.name}`
  }
}

/** It can't be disposed: its objects are copied unless an import names it. */
export class Circle {
  readonly radius: number

  constructor(radius: number) {
    this.radius = radius
  }

  area(): number {
    return 3 * this.radius ** 2
  }

  twice(): Circle {
    return new Circle(2 * this.radius)
  }

  others(): { readonly list: Circle[] } {
    return { list: [this.twice()] }
  }
}

export function ledger(name: string): Ledger {
  return new Ledger(name)
}

export function hiddenLedger(name: string): Ledger {
  return new Hidden(name)
}

export async function ledgers(): Promise<{
  list: Ledger[]
  by: Map<string, Ledger>
  all: Set<Ledger>
  circle: Circle
}> {
  await null
  const one = new Ledger('one')
  return {
    list: [one, new Ledger('two')],
    by: new Map([['one', one]]),
    all: new Set([one]),
    circle: new Circle(1)
  }
}

export function* everyLedger(count: number): Generator<Ledger | { inner: Ledger }, Ledger> {
  for (let n = 0; n < count; n++) yield n % 2 === 0 ? new Ledger(`${n}`) : { inner: new Ledger(`${n}`) }
  return new Ledger('last')
}

export async function* everyLedgerLater(count: number): AsyncGenerator<Ledger> {
  for (let n = 0; n < count; n++) yield new Ledger(`${n}`)
}

export function circle(radius: number): Circle {
  return new Circle(radius)
}

export function sameLedger(one: Ledger, other: Ledger): boolean {
  return one === other
}

export const LIMITS = { most: 3, names: ['a', 'b'] }

export const VERSION = '1.2.3'

/** An object that contains functions, classes and constants. */
export const api = {
  version: '9',
  greeting: 'hello',
  greet(name: string): string {
    return `${this.greeting} ${name}`
  },
  users: {
    async list(limit: number): Promise<number[]> {
      await null
      return Array.from({ length: limit }, (_, index) => index)
    },
    count: (): number => 3
  },
  Circle
}

/** An instance, whose methods have a `this`. */
export const sharedCircle = new Circle(2)

/** Records in a file what it does. */
export const session = resource(async function* (journal: string, name: string) {
  appendFileSync(journal, `enter ${name}\n`)
  try {
    yield name.toUpperCase()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    appendFileSync(journal, 'caught\n')
  } finally {
    appendFileSync(journal, `leave ${name}\n`)
  }
})

/** A resource whose value stays. */
export const lentLedger = resource(function* (name: string) {
  yield new Ledger(name)
})

/** An object that returns such a resource. */
export class Office {
  readonly #journal: string

  constructor(journal: string) {
    this.#journal = journal
  }

  get door(): ReturnType<typeof lock> {
    return lock(this.#journal, 'door')
  }

  [Symbol.dispose](): void {}
}

/** The same, synchronous; its value may be one that can't be sent. */
export const lock = resource(function* (journal: string, value?: unknown) {
  try {
    yield value === 'a function' ? () => value : value
  } finally {
    appendFileSync(journal, 'unlock\n')
  }
})

/** A resource that no caller could dispose. */
export function lockInside(journal: string): { inner: unknown } {
  return { inner: lock(journal, 1) }
}

/** An error class that a module exports, and a subclass of it. */
export class QuotaError extends Error {
  readonly limit: number

  constructor(message: string, limit: number) {
    super(message)
    this.limit = limit
  }
}

export class HardQuotaError extends QuotaError {}

export function overQuota(limit: number): never {
  throw new HardQuotaError('over quota', limit)
}
