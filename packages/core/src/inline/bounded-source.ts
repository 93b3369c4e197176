import type { StreamSource } from '../executor/executor.js'
import { streamSource } from '../stream/source-mark.js'
import { waitAtMost } from '../wait-at-most.js'
import { CLEANUP_GRACE } from './cleanup-grace.js'

type Result = IteratorResult<unknown, unknown>

/** A stream in place that can be ended from outside: a pending pull rejects, and the generator is returned. */
export class BoundedSource implements StreamSource {
  readonly blocking?: NonNullable<StreamSource['blocking']>
  readonly #source: StreamSource
  readonly #limitReached: () => { readonly reason: unknown } | undefined
  readonly #onEnd: () => void
  #failure: { reason: unknown; isTold: boolean } | undefined
  #reject: ((reason: unknown) => void) | undefined

  constructor(
    source: StreamSource,
    limitReached: () => { readonly reason: unknown } | undefined,
    onEnd: () => void
  ) {
    this.#source = source
    this.#limitReached = limitReached
    this.#onEnd = onEnd
    const { blocking } = source
    if (blocking !== undefined) {
      this.blocking = {
        next: value => {
          this.#failLate(() => blocking.return(undefined))
          return this.#stepBlocking(() => blocking.next(value))
        },
        return: value => this.#stepBlocking(() => blocking.return(value)),
        throw: error => this.#stepBlocking(() => blocking.throw(error))
      }
    }
    streamSource(this)
  }

  next(value?: unknown): Promise<Result> {
    return this.#step(() => this.#source.next(value))
  }

  return(value?: unknown): Promise<Result> {
    return this.#step(() => this.#source.return(value))
  }

  throw(error: unknown): Promise<Result> {
    return this.#step(() => this.#source.throw(error))
  }

  /** Ends the stream: whoever pulls, now or next, gets `reason` once; after that the stream is done. */
  fail(reason: unknown): void {
    if (this.#failure !== undefined) return
    const reject = this.#reject
    this.#failure = { reason, isTold: reject !== undefined }
    // The generator's own cleanup may fail; the reason that ended the stream is the one that counts.
    const returned = this.#source.return().catch(() => {})
    // It comes first, so that its `finally` has run when whoever pulls goes on.
    if (reject !== undefined) waitAtMost(returned, CLEANUP_GRACE).then(() => reject(reason))
  }

  async #step(step: () => Promise<Result>): Promise<Result> {
    const failed = this.#failed()
    if (failed !== undefined) return failed
    const result = await new Promise<Result>((resolve, reject) => {
      this.#reject = reject
      step().then(
        settled => this.#failure === undefined && resolve(settled),
        error => this.#failure === undefined && reject(error)
      )
    }).catch((error: unknown) => {
      this.#onEnd()
      throw error
    })
    this.#reject = undefined
    if (result.done === true) this.#onEnd()
    return result
  }

  #stepBlocking(step: () => Result): Result {
    const failed = this.#failed()
    if (failed !== undefined) return failed
    try {
      const result = step()
      if (result.done === true) this.#onEnd()
      return result
    } catch (error) {
      this.#onEnd()
      throw error
    }
  }

  /** While a blocking `for` runs no timer fires and no event arrives, so each pull looks for itself. */
  #failLate(stop: () => unknown): void {
    const late = this.#failure === undefined ? this.#limitReached() : undefined
    if (late === undefined) return
    this.#failure = { reason: late.reason, isTold: false }
    this.#onEnd()
    try {
      stop()
    } catch {
      // The generator's own cleanup may fail; the reason that ended the stream is the one that counts.
    }
  }

  #failed(): Result | undefined {
    if (this.#failure === undefined) return undefined
    if (this.#failure.isTold) return { done: true, value: undefined }
    this.#failure.isTold = true
    throw this.#failure.reason
  }
}
