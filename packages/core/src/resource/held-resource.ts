import { checkFunction } from '../check.js'
import { holds } from '../data.js'
import { disregard } from '../promise.js'
import { shared } from '../shared.js'
import type { EncodedThrown } from '../wire/error.js'
import { thrownCodec } from '../wire/thrown-codec.js'
import type { AsyncResource, Resource } from './resource.js'

const MARK = Symbol.for('@bridge/core/resource')

// What runs a task and what the task has made its resource with may be two copies of core.
const holder = shared('@bridge/core/resources', () => ({ isUsed: false }))

/** Marks what a generator's resource is, so that whatever only looks like one is a value. */
export function markResource<R extends object>(resource: R): R {
  holder.isUsed = true
  return Object.defineProperty(resource, MARK, { value: true })
}

/** The resource, with what `show` makes of its value. */
export function withValue(
  resource: Resource<unknown> | AsyncResource<unknown>,
  show: (value: unknown) => unknown
): object {
  const use = (body: (value: unknown) => unknown): unknown =>
    resource.use(typeof body === 'function' ? value => body(show(value)) : body)
  const leave =
    Symbol.dispose in resource
      ? {
          [Symbol.dispose]: () => resource[Symbol.dispose](),
          [Symbol.asyncDispose]: async () => resource[Symbol.dispose]()
        }
      : { [Symbol.asyncDispose]: () => resource[Symbol.asyncDispose]() }
  return markResource({
    get value() {
      return show(resource.value)
    },
    use,
    ...leave
  })
}

/** One of this thread as a caller has one from elsewhere, who may leave it awaited although it need not be. */
export function awaitedResource(resource: Resource<unknown>): object {
  return markResource({
    get value() {
      return resource.value
    },
    async use(body: (value: unknown) => unknown) {
      checkFunction('use()', 'body', body)
      let result: unknown
      try {
        result = await body(resource.value)
      } catch (error) {
        return resource.use(() => {
          throw error
        })
      }
      resource.use(() => undefined)
      return result
    },
    [Symbol.dispose]: () => resource[Symbol.dispose](),
    [Symbol.asyncDispose]: async () => resource[Symbol.dispose]()
  })
}

export function isResource(value: unknown): value is Resource<unknown> | AsyncResource<unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, MARK)
}

/** Where a resource was entered for a caller elsewhere: what the caller leaves it by. */
export class HeldResource {
  readonly #resource: Resource<unknown> | AsyncResource<unknown>

  static {
    // In messages it is what its user calls it.
    Object.defineProperty(HeldResource, 'name', { value: 'resource' })
  }

  constructor(resource: Resource<unknown> | AsyncResource<unknown>) {
    this.#resource = resource
  }

  /** Throws an error of the caller's at the `yield`; tells whether the generator let it through. */
  fail(encoded: EncodedThrown): boolean | Promise<boolean> {
    const error = thrownCodec().decodeThrown(encoded)
    const body = (): never => {
      throw error
    }
    const isSame = (thrown: unknown): true => {
      if (thrown !== error) throw thrown
      return true
    }
    try {
      const used = this.#resource.use(body) as unknown
      return used instanceof Promise ? used.then(() => false, isSame) : false
    } catch (thrown) {
      return isSame(thrown)
    }
  }

  /** Runs what stands after the `yield`, unless that was done. */
  [Symbol.asyncDispose](): PromiseLike<void> | void {
    const resource = this.#resource
    return Symbol.dispose in resource ? resource[Symbol.dispose]() : resource[Symbol.asyncDispose]()
  }
}

/** The resources inside of a value, which can't be handed over. While this thread has none, nothing is looked through. */
export function resourcesIn(value: unknown): HeldResource[] {
  const found: HeldResource[] = []
  if (!holder.isUsed || typeof value !== 'object') return found
  holds(value, one => {
    if (isResource(one)) found.push(new HeldResource(one))
    return false
  })
  return found
}

/** What crosses for a resource: what it is left by, before what it has, which may not be sendable. */
export interface Entered<H> {
  readonly handle: H
  readonly value: unknown
}

/** What a host sends for a result that is a resource; `keep` makes what crosses as a reference. `undefined` for all else. */
export function enteredOf<H>(result: unknown, keep: (held: HeldResource) => H): Entered<H> | undefined {
  if (!isResource(result)) return undefined
  return { handle: keep(new HeldResource(result)), value: result.value }
}

/** Leaves a resource whose caller has let it go, or never had it: nothing is left that could be told of an error. */
export function leaveQuietly(resource: HeldResource): void {
  try {
    disregard(resource[Symbol.asyncDispose]())
  } catch {
    // There is no caller left who could be told.
  }
}
