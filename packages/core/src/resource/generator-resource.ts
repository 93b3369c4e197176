import { neverYielded, usedAfterDispose, yieldedTwice } from './errors.js'
import type { AsyncResource, Resource } from './resource.js'

/** A resource made of a synchronous generator that stands at its `yield`. */
export class SyncGeneratorResource<T> implements Resource<T> {
  readonly #name: string
  readonly #generator: Generator<T>
  readonly #value: T
  #isOver = false

  constructor(name: string, generator: Generator<T>) {
    this.#name = name
    this.#generator = generator
    const entered = generator.next()
    if (entered.done === true) throw neverYielded(name)
    this.#value = entered.value
  }

  get value(): T {
    if (this.#isOver) throw usedAfterDispose(this.#name)
    return this.#value
  }

  use<R>(body: (value: T) => R): R | undefined {
    const { value } = this
    this.#isOver = true
    let result: R
    try {
      result = body(value)
    } catch (error) {
      this.#leave(() => this.#generator.throw(error))
      return undefined
    }
    this.#leave(() => this.#generator.next())
    return result
  }

  [Symbol.dispose](): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#leave(() => this.#generator.next())
  }

  #leave(step: () => IteratorResult<T>): void {
    if (step().done === true) return
    this.#generator.return(undefined)
    throw yieldedTwice(this.#name)
  }
}

/** A resource made of an async generator that stands at its `yield`. */
export class AsyncGeneratorResource<T> implements AsyncResource<T> {
  readonly #name: string
  readonly #generator: AsyncGenerator<T>
  readonly #value: T
  #isOver = false

  private constructor(name: string, generator: AsyncGenerator<T>, value: T) {
    this.#name = name
    this.#generator = generator
    this.#value = value
  }

  static async enter<T>(name: string, generator: AsyncGenerator<T>): Promise<AsyncGeneratorResource<T>> {
    const entered = await generator.next()
    if (entered.done === true) throw neverYielded(name)
    return new AsyncGeneratorResource(name, generator, entered.value)
  }

  get value(): T {
    if (this.#isOver) throw usedAfterDispose(this.#name)
    return this.#value
  }

  async use<R>(body: (value: T) => R | PromiseLike<R>): Promise<R | undefined> {
    const { value } = this
    this.#isOver = true
    let result: R
    try {
      result = await body(value)
    } catch (error) {
      await this.#leave(this.#generator.throw(error))
      return undefined
    }
    await this.#leave(this.#generator.next())
    return result
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    await this.#leave(this.#generator.next())
  }

  async #leave(step: Promise<IteratorResult<T>>): Promise<void> {
    if ((await step).done === true) return
    await this.#generator.return(undefined)
    throw yieldedTwice(this.#name)
  }
}
