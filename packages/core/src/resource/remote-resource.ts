import { checkFunction } from '../check.js'
import { isThenable, kindOf } from '../kind.js'
import { disposeAwaited, disposeBlocking } from '../object/dispose.js'
import { blockRemote, callRemote, memberTarget } from '../object/member.js'
import { hasObjects, type ObjectReference, referenceTo } from '../object/object-reference.js'
import { disregard } from '../promise.js'
import { thrownCodec } from '../wire/thrown-codec.js'
import { asyncBody, usedAfterDispose } from './errors.js'
import { awaitedResource, type Entered, isResource } from './held-resource.js'
import type { RemoteResource, RemoteSyncResource } from './types.js'

/** A caller's handle of a resource that was entered on another thread, until it is disposed. */
class HeldElsewhere<T> {
  readonly #reference: ObjectReference
  readonly #name: string
  readonly #value: T
  #isOver = false

  constructor(reference: ObjectReference, name: string, value: T) {
    this.#reference = reference
    this.#name = name
    this.#value = value
  }

  get value(): T {
    if (this.#isOver) throw usedAfterDispose(this.#name)
    return this.#value
  }

  /** Returns the value, for the last time. */
  protected take(): T {
    const { value } = this
    this.#isOver = true
    return value
  }

  protected leaveBlocking(): void {
    disposeBlocking(this.#reference)
  }

  protected leave(): Promise<void> {
    return disposeAwaited(this.#reference)
  }

  /** Throws the body's error at the generator's `yield`; returns whether it came through. */
  protected failBlocking(error: unknown): boolean {
    const args = [thrownCodec().encodeThrown(error)]
    const passed = blockRemote(this.#fail, this.#reference, args, RemoteSyncHeld.prototype.use)
    this.#reference.isDisposed = true
    return passed as boolean
  }

  protected async fail(error: unknown): Promise<boolean> {
    const failing = callRemote(this.#fail, this.#reference, [thrownCodec().encodeThrown(error)]).startNow(
      false
    )
    const passed = await failing
    this.#reference.isDisposed = true
    return passed as boolean
  }

  get #fail(): ReturnType<typeof memberTarget> {
    return memberTarget(this.#reference, 'method', 'fail')
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    this.leaveBlocking()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    await this.leave()
  }
}

class RemoteHeld<T> extends HeldElsewhere<T> implements RemoteResource<T> {
  async use<R>(body: (value: T) => R | PromiseLike<R>): Promise<R | undefined> {
    checkFunction('use()', 'body', body)
    const value = this.take()
    let result: Awaited<R>
    try {
      result = await body(value)
    } catch (error) {
      if (await this.fail(error)) throw error
      return undefined
    }
    await this.leave()
    return result
  }
}

class RemoteSyncHeld<T> extends HeldElsewhere<T> implements RemoteSyncResource<T> {
  use<R>(body: (value: T) => R): R | undefined {
    checkFunction('use()', 'body', body)
    const value = this.take()
    let result: R
    try {
      if (kindOf(body) === 'async') throw asyncBody('its body')
      result = body(value)
      if (isThenable(result)) {
        disregard(result)
        throw asyncBody('its body')
      }
    } catch (error) {
      if (this.failBlocking(error)) throw error
      return undefined
    }
    this.leaveBlocking()
    return result
  }
}

/**
 * Converts the outcome of a call to what its caller gets: a resource that was entered on another thread is presented as
 * such, any other outcome is unchanged.
 */
export function presentResource(outcome: unknown, name: string): unknown {
  if (isResource(outcome)) return Symbol.dispose in outcome ? awaitedResource(outcome) : outcome
  const entered = enteredElsewhere(outcome)
  return entered === undefined ? outcome : new RemoteHeld(entered.handle, name, entered.value)
}

/** The same for a blocking caller; `present` converts the value. `undefined` for any other outcome. */
export function blockingResource(
  outcome: unknown,
  name: string,
  present: (value: unknown) => unknown
): object | undefined {
  const entered = enteredElsewhere(outcome)
  return entered && new RemoteSyncHeld(entered.handle, name, present(entered.value))
}

/** Only an entered resource refers to a disposer, so no data of a user is mistaken for one. */
function enteredElsewhere(outcome: unknown): Entered<ObjectReference> | undefined {
  if (typeof outcome !== 'object' || outcome === null || !hasObjects()) return undefined
  const { handle: stub, value } = outcome as Partial<Entered<object>>
  const handle = stub === undefined ? undefined : referenceTo(stub)
  return handle?.about?.isResource === true ? { handle, value } : undefined
}
