import { isDeepStrictEqual } from 'node:util'
import type { Random } from './random.js'
import type { Site } from './site.js'
import { newTicket, timesRun } from './tickets.js'

/** A failed check. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

/** One operation in progress, with its resources and checks. */
export class Turn {
  readonly random: Random
  readonly site: Site
  readonly #allowed = new Set<string>()

  constructor(random: Random, site: Site, isBlocking: boolean) {
    this.random = random
    this.site = site
    if (site.isWild) this.#allowed.add('BRIDGE_WORKER_LOST')
    // Threads may be waiting for callbacks that need this thread's event loop, and have no room.
    if (isBlocking) this.#allowed.add('BRIDGE_DEADLOCK')
  }

  /** A unique number for a call. */
  ticket(): number {
    return newTicket()
  }

  allows(error: unknown): boolean {
    if (this.#allowed.has(codeOf(error))) return true
    // The killGrace of loop cannot be set, and is too short on a busy machine.
    return this.site.name === 'loop' && /killGrace/.test((error as Error).message)
  }

  /** Checks that the result is the expected one. */
  same(answer: unknown, expected: unknown, what: string): void {
    if (isDeepStrictEqual(answer, expected)) return
    throw new Wrong(`${what} gave ${brief(answer)} instead of ${brief(expected)}`)
  }

  /** Checks that the call ran exactly once. */
  once(ticket: number): void {
    const times = timesRun(ticket)
    if (times !== 1) throw new Wrong(`call ${ticket} ran ${times} times`)
  }

  /** Checks that a stopped call ran at most once. */
  atMostOnce(ticket: number): void {
    const times = timesRun(ticket)
    if (times > 1) throw new Wrong(`call ${ticket} ran ${times} times`)
  }

  /** Checks that it fails as expected. */
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

/** The key by which an error is counted. */
export function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : String(error)
}

export function brief(value: unknown): string {
  const text = value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value)
  return String(text).slice(0, 300)
}
