import { checkFunction } from '../check.js'
import { isThenable, kindOf } from '../kind.js'
import { disregard } from '../promise.js'
import { asyncBody, notOneYield, suppressing, usedAfterDispose } from './errors.js'
import { markResource } from './held-resource.js'
import type { AsyncResource, Resource } from './resource.js'

/** The value of a generator that is suspended at its `yield`, until it is disposed. */
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

  /** Returns the value, for the last time. */
  take(): T {
    const { value } = this
    this.#isOver = true
    return value
  }

  /** Disposes of it; `false` if that was done before. */
  leave(): boolean {
    const isFirst = !this.#isOver
    this.#isOver = true
    return isFirst
  }
}

/** A resource made from a synchronous generator, which runs up to its `yield` now. */
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
        // Checked before the body is entered, if its kind is known then.
        if (kindOf(body) === 'async') throw asyncBody(name)
        result = body(value)
        if (isThenable(result)) {
          // Its outcome is ignored.
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

/** The same for an async generator. */
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
