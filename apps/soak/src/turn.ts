import { isDeepStrictEqual } from 'node:util'
import type { Random } from './random.js'
import type { Site } from './site.js'
import { newTicket, timesRun } from './tickets.js'

/** Something that must not be. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

/** One operation under way: what it may draw on, and how it checks what it gets. */
export class Turn {
  readonly random: Random
  readonly site: Site
  readonly #allowed = new Set<string>()

  constructor(random: Random, site: Site, isBlocking: boolean) {
    this.random = random
    this.site = site
    if (site.isWild) this.#allowed.add('BRIDGE_WORKER_LOST')
    // Threads may wait just then for callbacks that need this thread's event loop, and have no room.
    if (isBlocking) this.#allowed.add('BRIDGE_DEADLOCK')
  }

  /** A number for a call, which no other has. */
  ticket(): number {
    return newTicket()
  }

  allows(error: unknown): boolean {
    if (this.#allowed.has(codeOf(error))) return true
    // Nobody sets how long loop waits for what was stopped, which is short where a machine is busy.
    return this.site.name === 'loop' && /killGrace/.test((error as Error).message)
  }

  /** The answer is what it should be. */
  same(answer: unknown, expected: unknown, what: string): void {
    if (isDeepStrictEqual(answer, expected)) return
    throw new Wrong(`${what} gave ${brief(answer)} instead of ${brief(expected)}`)
  }

  /** What runs for that number has run exactly once. */
  once(ticket: number): void {
    const times = timesRun(ticket)
    if (times !== 1) throw new Wrong(`call ${ticket} ran ${times} times`)
  }

  /** What was stopped has run no more than once. */
  atMostOnce(ticket: number): void {
    const times = timesRun(ticket)
    if (times > 1) throw new Wrong(`call ${ticket} ran ${times} times`)
  }

  /** It must fail, and in this way. */
  async fails(
    promise: PromiseLike<unknown>,
    isExpected: (error: unknown) => boolean,
    what: string
  ): Promise<void> {
    let answer: unknown
    try {
      answer = await promise
    } catch (error) {
      return this.failed(error, isExpected, what)
    }
    throw new Wrong(`${what} gave ${brief(answer)} instead of failing`)
  }

  /** The same, blocking. */
  failsSync(run: () => unknown, isExpected: (error: unknown) => boolean, what: string): void {
    let answer: unknown
    try {
      answer = run()
    } catch (error) {
      return this.failed(error, isExpected, what)
    }
    throw new Wrong(`${what} gave ${brief(answer)} instead of failing`)
  }

  failed(error: unknown, isExpected: (error: unknown) => boolean, what: string): void {
    if (isExpected(error)) return
    if (this.allows(error)) throw error
    throw new Wrong(`${what} failed with ${brief(error)}`, { cause: error })
  }
}

/** By what an error is counted. */
export function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : String(error)
}

export function brief(value: unknown): string {
  const text = value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value)
  return String(text).slice(0, 300)
}
