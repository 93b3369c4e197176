import { DisposedError } from '../errors/errors.js'
import { localHome } from '../object/local-object.js'
import { referenceTo } from '../object/object-reference.js'
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
  /** How often each of those that came out was sent: what their holder gives back, it may have got again meanwhile. */
  readonly #sent = new Map<number, number>()
  #lastId = 0

  get size(): number {
    return this.#kept.size
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
    const marked = value instanceof KeptObject ? value.object : localHome(referenceTo(value))?.object
    const object = (marked as object | undefined) ?? value
    let id = this.#ids.get(object)
    if (id === undefined) {
      if (marked === undefined) return undefined
      id = --this.#lastId
      this.#keep(id, object)
    }
    if (id < 0) this.#sent.set(id, (this.#sent.get(id) ?? 0) + 1)
    return ['object', id, nameOfClass(object)]
  }

  /** Whether a value stays here, without saying that it was sent. */
  has(value: object): boolean {
    return value instanceof KeptObject || localHome(referenceTo(value)) !== undefined || this.#ids.has(value)
  }

  /** Frees an object whose holder has let it go, having received it so often. */
  release(id: number, received = 0): void {
    const sent = (this.#sent.get(id) ?? 0) - received
    if (sent > 0 && received > 0) {
      this.#sent.set(id, sent)
      return
    }
    const kept = this.#kept.get(id)
    if (kept !== undefined && 'object' in kept) this.#ids.delete(kept.object)
    this.#kept.delete(id)
    this.#sent.delete(id)
  }

  #keep(id: number, object: object): void {
    this.#kept.set(id, { object })
    this.#ids.set(object, id)
  }
}
