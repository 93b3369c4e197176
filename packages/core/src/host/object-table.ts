import { DisposedError } from '../errors/errors.js'
import { localHome } from '../object/local-object.js'
import { nameOfClass } from '../object/shape.js'

/** What crosses in the place of an object that stays: its number, and the name of its class. */
export type ObjectOnWire = readonly [kind: 'object', id: number, name: string]

/** An object that stays although nobody has marked it: what a class gives of its own instances. */
export class KeptObject {
  readonly object: object

  constructor(object: object) {
    this.object = object
  }
}

/** An object that is kept, or what its constructor threw; a promise while that has not run. */
type Kept =
  | { readonly object: object }
  | { readonly error: unknown; isTold: boolean }
  | { readonly made: Promise<unknown> }

/**
 * The objects that live on this thread for somebody elsewhere, by their numbers. Those that a caller makes have the
 * caller's numbers, which are positive; those that come out of results get negative ones here.
 */
export class ObjectTable {
  readonly #kept = new Map<number, Kept>()
  readonly #ids = new WeakMap<object, number>()
  /** How often each was sent, if ever: what its holder lets go, it may have been sent again meanwhile. */
  readonly #sent = new Map<number, number>()
  #lastId = 0
  #isUsed = false

  get size(): number {
    return this.#kept.size
  }

  /** Whether it has ever kept anything: while it has not, nothing has to be looked for. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** Keeps what a caller's constructor makes under the caller's number. */
  make(id: number, construct: () => unknown): void {
    try {
      this.#keep(id, construct() as object)
    } catch (error) {
      this.fail(id, error)
      throw error
    }
  }

  /** Until `made` has settled, whoever asks for the object waits. */
  expect(id: number, made: Promise<unknown>): void {
    this.#kept.set(id, { made })
  }

  /** Every use of the object is answered with this error from now on. */
  fail(id: number, error: unknown): void {
    this.#kept.set(id, { error, isTold: false })
  }

  /**
   * The object; a promise while it is being made.
   *
   * @throws what its constructor threw; DisposedError when there is no such object any more.
   */
  find(id: number, name: string): object | Promise<object> {
    const kept = this.#kept.get(id)
    if (kept === undefined) throw new DisposedError(`${name}(): its object was freed; make another one`)
    if ('made' in kept) return kept.made.then(() => this.find(id, name))
    if ('object' in kept) return kept.object
    kept.isTold = true
    throw kept.error
  }

  /** Whether somebody has been told what the constructor threw, so that nothing is left of the object. */
  hasFailed(id: number): boolean {
    const kept = this.#kept.get(id)
    return kept !== undefined && 'error' in kept && kept.isTold
  }

  /** What crosses in the place of a value that stays here; `undefined` for what is copied. */
  referenceTo(value: object): ObjectOnWire | undefined {
    const marked = value instanceof KeptObject ? value.object : localHome(value)?.object
    const object = (marked as object | undefined) ?? value
    let id = this.#ids.get(object)
    if (id === undefined && marked === undefined) return undefined
    // One that was freed stays one that is not copied, or its holder's garbage collection would decide which it is.
    if (id === undefined || !this.#kept.has(id)) {
      id = --this.#lastId
      this.#keep(id, object)
    }
    this.#sent.set(id, this.#timesSent(id) + 1)
    return ['object', id, nameOfClass(object)]
  }

  /** Whether a value stays here, without saying that it was sent. */
  has(value: unknown): value is object {
    const one = value as object
    return one instanceof KeptObject || localHome(one) !== undefined || this.#ids.has(one)
  }

  /** Frees an object that was disposed, or whose holder has let it go, having had it so often: made it, or got it. */
  release(id: number, times = Infinity): void {
    const left = this.#timesSent(id) - times
    if (left > 0) {
      this.#sent.set(id, left)
      return
    }
    this.#kept.delete(id)
    this.#sent.delete(id)
  }

  /** To make one counts like being sent it. */
  #timesSent(id: number): number {
    return this.#sent.get(id) ?? (id > 0 ? 1 : 0)
  }

  #keep(id: number, object: object): void {
    this.#isUsed = true
    this.#kept.set(id, { object })
    this.#ids.set(object, id)
  }
}
