import { DisposedError } from '../errors/errors.js'
import { aboutOf, type ObjectAbout } from '../object/about.js'
import { eachStaying, type StaysHere } from '../object/kept-classes.js'
import { localHome } from '../object/local-object.js'
import { nameOfClass } from '../object/shape.js'
import { HeldResource, leaveQuietly } from '../resource/held-resource.js'

/**
 * What crosses in the place of an object that stays: its number, the name of its class and, to its holder, what it has.
 */
export type ObjectOnWire = readonly [kind: 'object', id: number, name: string, about?: ObjectAbout]

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
  /** Of those that stay because of their class, what of theirs stays, too. */
  readonly #rules = new WeakMap<object, StaysHere>()
  /** How often each was sent, if ever: what its holder lets go, it may have been sent again meanwhile. */
  readonly #sent = new Map<number, number>()
  #lastId = 0
  #disposables = 0
  readonly #onDisposables: ((count: number) => void) | undefined
  #isUsed = false

  /** `onDisposables` is told how many are kept that can be disposed, whenever that changes. */
  constructor(onDisposables?: (count: number) => void) {
    this.#onDisposables = onDisposables
  }

  get size(): number {
    return this.#kept.size
  }

  /** Whether it has ever kept anything: while it has not, nothing has to be looked for. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /** Keeps what a caller's constructor makes under the caller's number; `staying` tells what stays of what it gives. */
  make(id: number, construct: () => unknown, staying?: () => StaysHere | undefined): void {
    try {
      // First: where a class is named that is not there, nothing is made.
      const stays = staying?.()
      const object = construct() as object
      this.#keep(id, object)
      if (stays !== undefined) this.#keepBy(object, stays)
    } catch (error) {
      this.fail(id, error)
      throw error
    }
  }

  /** Keeps what stays of a value that is about to be sent, at any depth of it; gives the value. */
  keepOf(value: unknown, stays: StaysHere): unknown {
    eachStaying(value, stays, one => this.#keepBy(one, stays))
    return value
  }

  /** What crosses in the place of an object of ours that stays, and may stand inside of a value. */
  standIn(object: object): KeptObject {
    this.#isUsed = true
    return new KeptObject(object)
  }

  #keepBy(object: object, stays: StaysHere): void {
    this.#isUsed = true
    this.#rules.set(object, stays)
  }

  /** What stays of what the object with this number gives. */
  ruleOf(id: number): StaysHere | undefined {
    const kept = this.#kept.get(id)
    return kept !== undefined && 'object' in kept ? this.#rules.get(kept.object) : undefined
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
    if ('made' in kept) return kept.made.then(() => this.#findMade(id, name, kept))
    if ('object' in kept) return kept.object
    kept.isTold = true
    throw kept.error
  }

  /** Whatever has ended its making has to have put something in its place: it would be waited for without end. */
  #findMade(id: number, name: string, making: Kept): object | Promise<object> {
    if (this.#kept.get(id) === making) throw new DisposedError(`${name}(): its object was never made`)
    return this.find(id, name)
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
    if (id === undefined && marked === undefined && !this.#rules.has(object)) return undefined
    // One that was freed stays one that is not copied, or its holder's garbage collection would decide which it is.
    if (id === undefined || !this.#kept.has(id)) {
      id = --this.#lastId
      this.#keep(id, object)
    }
    this.#sent.set(id, this.#timesSent(id) + 1)
    return ['object', id, nameOfClass(object), aboutOf(object)]
  }

  /** Whether a value stays here, without saying that it was sent. */
  has(value: unknown): value is object {
    const one = value as object
    return (
      one instanceof KeptObject || localHome(one) !== undefined || this.#ids.has(one) || this.#rules.has(one)
    )
  }

  /** Frees an object that was disposed, or whose holder has let it go, having had it so often: made it, or got it. */
  release(id: number, times = Infinity): void {
    const left = this.#timesSent(id) - times
    if (left > 0) {
      this.#sent.set(id, left)
      return
    }
    const kept = this.#kept.get(id)
    this.#kept.delete(id)
    this.#sent.delete(id)
    if (kept !== undefined && 'object' in kept && isDisposable(kept.object)) this.#count(-1)
    // One that its holder has let go without leaving it, or was never sent.
    if (kept !== undefined && 'object' in kept && kept.object instanceof HeldResource)
      leaveQuietly(kept.object)
  }

  /** To make one counts like being sent it. */
  #timesSent(id: number): number {
    return this.#sent.get(id) ?? (id > 0 ? 1 : 0)
  }

  #keep(id: number, object: object): void {
    this.#isUsed = true
    this.#kept.set(id, { object })
    this.#ids.set(object, id)
    if (isDisposable(object)) this.#count(1)
  }

  #count(change: number): void {
    this.#disposables += change
    this.#onDisposables?.(this.#disposables)
  }

  /** Disposes of all that can be, the last first, because the thread ends; what fails then, no caller can be told. */
  async disposeAll(): Promise<void> {
    for (const [id, kept] of [...this.#kept].reverse()) {
      this.#kept.delete(id)
      if (!('object' in kept)) continue
      const { object } = kept as { object: Partial<AsyncDisposable & Disposable> }
      try {
        await (object[Symbol.asyncDispose]?.() ?? object[Symbol.dispose]?.())
      } catch {
        // As above.
      }
    }
  }
}

function isDisposable(object: object): boolean {
  return Symbol.asyncDispose in object || Symbol.dispose in object
}
