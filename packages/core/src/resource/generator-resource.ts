import { checkFunction } from '../check.js'
import { isThenable, kindOf } from '../kind.js'
import { disregard } from '../promise.js'
import { asyncBody, notOneYield, suppressing, usedAfterDispose } from './errors.js'
import { markResource } from './held-resource.js'
import type { AsyncResource, Resource } from './resource.js'

/** What a generator that stands at its `yield` has given, until it is left. */
class Held<T> {
  readonly #name: string
  readonly #value: T
  #isOver = false

  constructor(name: string, entered: IteratorResult<T>) {
    if (entered.done === true) throw notOneYield(name, 'ended without a yield')
    this.#name = name
    this.#value = entered.value
  }

  get value(): T {
    if (this.#isOver) throw usedAfterDispose(this.#name)
    return this.#value
  }

  /** The value, for the last time. */
  take(): T {
    const { value } = this
    this.#isOver = true
    return value
  }

  /** Whether it had not been left before. */
  leave(): boolean {
    const isFirst = !this.#isOver
    this.#isOver = true
    return isFirst
  }
}

/** A resource made of a synchronous generator, which runs up to its `yield` now. */
export function syncResource<T>(name: string, generator: Generator<T>): Resource<T> {
  const held = new Held(name, generator.next())
  const finish = (left: IteratorResult<T>): void => {
    if (left.done === true) return
    generator.return(undefined)
    throw notOneYield(name, 'yielded a second time')
  }
  return markResource({
    get value() {
      return held.value
    },
    use<R>(body: (value: T) => R) {
      checkFunction('use()', 'body', body)
      const value = held.take()
      let result: R
      try {
        // Before it has begun, where that can be seen.
        if (kindOf(body) === 'async') throw asyncBody(name)
        result = body(value)
        if (isThenable(result)) {
          // How it ends is not looked at.
          disregard(result)
          throw asyncBody(name)
        }
      } catch (error) {
        try {
          finish(generator.throw(error))
        } catch (failure) {
          throw suppressing(failure, error)
        }
        return undefined
      }
      finish(generator.next())
      return result
    },
    [Symbol.dispose]() {
      if (held.leave()) finish(generator.next())
    }
  })
}

/** The same of an async generator. */
export async function asyncResource<T>(
  name: string,
  generator: AsyncGenerator<T>
): Promise<AsyncResource<T>> {
  const held = new Held(name, await generator.next())
  const finish = async (left: IteratorResult<T>): Promise<void> => {
    if (left.done === true) return
    await generator.return(undefined)
    throw notOneYield(name, 'yielded a second time')
  }
  return markResource({
    get value() {
      return held.value
    },
    async use<R>(body: (value: T) => R | PromiseLike<R>) {
      checkFunction('use()', 'body', body)
      const value = held.take()
      let result: Awaited<R>
      try {
        result = await body(value)
      } catch (error) {
        try {
          await finish(await generator.throw(error))
        } catch (failure) {
          throw suppressing(failure, error)
        }
        return undefined
      }
      await finish(await generator.next())
      return result
    },
    async [Symbol.asyncDispose]() {
      if (held.leave()) await finish(await generator.next())
    }
  })
}
