import { checkFunction } from '../check.js'
import { holds } from '../data.js'
import { disregard } from '../promise.js'
import { shared } from '../shared.js'
import type { EncodedThrown } from '../wire/error.js'
import { thrownCodec } from '../wire/thrown-codec.js'
import type { AsyncResource, Resource } from './resource.js'

const MARK = Symbol.for('@bridge/core/resource')

// Shared, because the code that runs a task and the code with which the task made its resource may use two copies of
// core.
const holder = shared('@bridge/core/resources', () => ({ isUsed: false }))

/** Marks the resource of a generator, so that an object that only has the same members is treated as a value. */
export function markResource<R extends object>(resource: R): R {
  holder.isUsed = true
  return Object.defineProperty(resource, MARK, { value: true })
}

/** The resource, with its value replaced by the result of `show`. */
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

/**
 * A resource of this thread with the interface of a remote one: the caller may await its disposal although it is
 * synchronous.
 */
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

/** The disposer of a resource that was entered for a caller on another thread. */
export class HeldResource {
  readonly #resource: Resource<unknown> | AsyncResource<unknown>

  static {
    // Messages use the name that the user knows.
    Object.defineProperty(HeldResource, 'name', { value: 'resource' })
  }

  constructor(resource: Resource<unknown> | AsyncResource<unknown>) {
    this.#resource = resource
  }

  /** Throws the caller's error at the `yield`; returns whether the generator let it through. */
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

  /** Runs the code after the `yield`, once. */
  [Symbol.asyncDispose](): PromiseLike<void> | void {
    const resource = this.#resource
    return Symbol.dispose in resource ? resource[Symbol.dispose]() : resource[Symbol.asyncDispose]()
  }
}

/** The resources inside a value, which can't be sent. While this thread has none, nothing is searched. */
export function resourcesIn(value: unknown): HeldResource[] {
  const found: HeldResource[] = []
  if (!holder.isUsed || typeof value !== 'object') return found
  holds(value, one => {
    if (isResource(one)) found.push(new HeldResource(one))
    return false
  })
  return found
}

/** What is sent for a resource: first its disposer, then its value, which may not be cloneable. */
export interface Entered<H> {
  readonly handle: H
  readonly value: unknown
}

/**
 * What a host sends for a result that is a resource; `keep` converts the disposer to a reference. `undefined` for any
 * other result.
 */
export function enteredOf<H>(result: unknown, keep: (held: HeldResource) => H): Entered<H> | undefined {
  if (!isResource(result)) return undefined
  return { handle: keep(new HeldResource(result)), value: result.value }
}

/** Disposes of a resource whose caller has released it, or never got it: there is no caller left to get an error. */
export function leaveQuietly(resource: HeldResource): void {
  try {
    disregard(resource[Symbol.asyncDispose]())
  } catch {
    // There is no caller left to get the error.
  }
}
