import { DisposedError } from '../errors/errors.js'
import { aboutOf, type ObjectAbout } from '../object/about.js'
import { eachStaying, type StaysHere } from '../object/kept-classes.js'
import { localLocation } from '../object/local-object.js'
import { nameOfClass } from '../object/shape.js'
import { HeldResource, leaveQuietly } from '../resource/held-resource.js'

/**
 * What is sent instead of an object that stays: its number, the name of its class and, to its holder, its description.
 */
export type ObjectOnWire = readonly [kind: 'object', id: number, name: string, about?: ObjectAbout]

/** An object that stays although it is not marked: an instance of a class, returned by one of the class's own members. */
export class ByReference {
  readonly object: object

  constructor(object: object) {
    this.object = object
  }
}

/** An object that is kept, or what its constructor threw; a promise while that is running. */
type Kept =
  | { readonly object: object }
  | { readonly error: unknown; isReported: boolean }
  | { readonly made: Promise<unknown> }

/**
 * The objects that live on this thread for holders on other threads, by their numbers. Objects that a caller constructs
 * have the caller's numbers, which are positive; objects from results get negative numbers here.
 */
export class ObjectTable {
  readonly #kept = new Map<number, Kept>()
  readonly #ids = new WeakMap<object, number>()
  /** For objects that stay because of their class: which objects in their results stay, too. */
  readonly #rules = new WeakMap<object, StaysHere>()
  /** How often each was sent. An object that its holder releases may have been sent again in the meantime. */
  readonly #sent = new Map<number, number>()
  #lastId = 0
  #disposables = 0
  readonly #onDisposables: ((count: number) => void) | undefined
  #isUsed = false

  /** `onDisposables` is called with the number of kept objects that can be disposed, whenever it changes. */
  constructor(onDisposables?: (count: number) => void) {
    this.#onDisposables = onDisposables
  }

  get size(): number {
    return this.#kept.size
  }

  /** Whether it has ever kept anything: until then, values need not be searched. */
  get isUsed(): boolean {
    return this.#isUsed
  }

  /**
   * Keeps the object that a caller's constructor makes under the caller's number; `staying` returns which objects in
   * its results stay.
   */
  make(id: number, construct: () => unknown, staying?: () => StaysHere | undefined): void {
    try {
      // First: if a class is named that does not exist, nothing is constructed.
      const stays = staying?.()
      const object = construct() as object
      this.#keep(id, object)
      if (stays !== undefined) this.#keepBy(object, stays)
    } catch (error) {
      this.fail(id, error)
      throw error
    }
  }

  /** Keeps the objects that stay in a value that is about to be sent, at any depth; returns the value. */
  keepOf(value: unknown, stays: StaysHere): unknown {
    eachStaying(value, stays, one => this.#keepBy(one, stays))
    return value
  }

  /** What is sent instead of an object of this thread that stays, and may be inside a value. */
  standIn(object: object): ByReference {
    this.#isUsed = true
    return new ByReference(object)
  }

  #keepBy(object: object, stays: StaysHere): void {
    this.#isUsed = true
    this.#rules.set(object, stays)
  }

  /** Which objects in the results of the object with this number stay. */
  ruleOf(id: number): StaysHere | undefined {
    const kept = this.#kept.get(id)
    return kept !== undefined && 'object' in kept ? this.#rules.get(kept.object) : undefined
  }

  /** Callers that request the object wait until `made` has settled. */
  expect(id: number, made: Promise<unknown>): void {
    this.#kept.set(id, { made })
  }

  /** From now on every use of the object fails with this error. */
  fail(id: number, error: unknown): void {
    this.#kept.set(id, { error, isReported: false })
  }

  /**
   * The object; a promise while it is being constructed.
   *
   * @throws what its constructor threw; DisposedError when the object no longer exists.
   */
  find(id: number, name: string): object | Promise<object> {
    const kept = this.#kept.get(id)
    if (kept === undefined) throw new DisposedError(`${name}(): its object was freed; make another one`)
    if ('made' in kept) return kept.made.then(() => this.#findMade(id, name, kept))
    if ('object' in kept) return kept.object
    kept.isReported = true
    throw kept.error
  }

  /** When its construction has ended, the entry must have been replaced; otherwise callers would wait for ever. */
  #findMade(id: number, name: string, making: Kept): object | Promise<object> {
    if (this.#kept.get(id) === making) throw new DisposedError(`${name}(): its object was never made`)
    return this.find(id, name)
  }

  /** Whether a caller has got the error of the constructor, so that nothing is left of the object. */
  hasFailed(id: number): boolean {
    const kept = this.#kept.get(id)
    return kept !== undefined && 'error' in kept && kept.isReported
  }

  /** What is sent instead of a value that stays here; `undefined` for a value that is copied. */
  referenceTo(value: object): ObjectOnWire | undefined {
    const marked = value instanceof ByReference ? value.object : localLocation(value)?.object
    const object = (marked as object | undefined) ?? value
    let id = this.#ids.get(object)
    if (id === undefined && marked === undefined && !this.#rules.has(object)) return undefined
    // An object that was freed is still not copied; otherwise its holder's garbage collection would decide how it is
    // sent.
    if (id === undefined || !this.#kept.has(id)) {
      id = --this.#lastId
      this.#keep(id, object)
    }
    this.#sent.set(id, this.#timesSent(id) + 1)
    return ['object', id, nameOfClass(object), aboutOf(object)]
  }

  /** Whether a value stays here, without recording that it was sent. */
  has(value: unknown): value is object {
    const one = value as object
    return (
      one instanceof ByReference ||
      localLocation(one) !== undefined ||
      this.#ids.has(one) ||
      this.#rules.has(one)
    )
  }

  /** Frees an object that was disposed, or whose holder has released it as often as it was constructed or sent. */
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
    // A resource that its holder has released without disposing of it, or that was never sent.
    if (kept !== undefined && 'object' in kept && kept.object instanceof HeldResource)
      leaveQuietly(kept.object)
  }

  /** Construction counts like sending. */
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

  /**
   * Disposes of all disposable objects, the last first, because the thread ends. There is no caller left to get their
   * errors.
   */
  async disposeAll(): Promise<void> {
    for (const [id, kept] of [...this.#kept].reverse()) {
      this.#kept.delete(id)
      if (!('object' in kept)) continue
      const { object } = kept as { object: Partial<AsyncDisposable & Disposable> }
      try {
        await (object[Symbol.asyncDispose]?.() ?? object[Symbol.dispose]?.())
      } catch {
        // No caller is left to get the error.
      }
    }
  }
}

function isDisposable(object: object): boolean {
  return Symbol.asyncDispose in object || Symbol.dispose in object
}
