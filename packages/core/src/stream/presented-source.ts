import type { StreamSource } from '../executor/executor.js'
import { hasObjects } from '../object/object-reference.js'
import type { StreamProgress } from './types.js'

type Result = IteratorResult<unknown, unknown>
type Present = (value: unknown) => unknown

/** A source whose items and return value are converted by `present` for its consumer. */
export class PresentedSource implements StreamSource {
  readonly #source: StreamSource
  readonly #present: Present
  readonly blocking: NonNullable<StreamSource['blocking']> | undefined

  constructor(source: StreamSource, present: Present) {
    this.#source = source
    this.#present = present
    const { blocking } = source
    this.blocking = blocking && {
      // While there are no remote objects, an item costs no more than that of the original source.
      next: value => (hasObjects() ? this.#shown(blocking.next(value)) : blocking.next(value)),
      return: value => this.#shown(blocking.return(value)),
      throw: error => this.#shown(blocking.throw(error))
    }
  }

  get progress(): StreamProgress | undefined {
    return this.#source.progress
  }

  next(value?: unknown): Promise<Result> {
    const step = this.#source.next(value)
    return hasObjects() ? this.#later(step) : step
  }

  async #later(step: Promise<Result>): Promise<Result> {
    return this.#shown(await step)
  }

  async return(value?: unknown): Promise<Result> {
    return this.#shown(await this.#source.return(value))
  }

  async throw(error: unknown): Promise<Result> {
    return this.#shown(await this.#source.throw(error))
  }

  #shown(result: Result): Result {
    const value = this.#present(result.value)
    return value === result.value ? result : ({ ...result, value } as Result)
  }
}
