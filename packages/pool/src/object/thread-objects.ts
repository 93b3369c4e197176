import type { AbstractExecutor } from '@bridge/core/executor'
import { faceOf, newReference, type ObjectReference } from '@bridge/core/executor'
import type { ObjectOnWire } from '@bridge/core/host'
import type { Thread } from '../thread/thread.js'
import { Home } from './home.js'

/** How often a reference has come from its thread; to have made the object counts as once. */
interface Receipt {
  readonly id: number
  received: number
}

/** Tells the thread that nobody holds an object any more, which has come from there so often. */
export type Release = (id: number, received: number) => void

/** The objects that live on one thread, as far as somebody here holds them. */
export class ThreadObjects {
  readonly #references = new Map<number, WeakRef<ObjectReference>>()
  readonly #receipts = new Map<number, Receipt>()
  readonly #free: Release
  readonly #onChange: () => void
  // Of the references and not of what users hold: a call that is under way still needs its object.
  readonly #collected = new FinalizationRegistry<Receipt>(receipt => this.#release(receipt))

  /** `onChange` is called when there may be none left. */
  constructor(free: Release, onChange: () => void) {
    this.#free = free
    this.#onChange = onChange
  }

  /** How many live there. */
  get size(): number {
    return this.#references.size
  }

  /** An object is about to be made there. */
  add(reference: ObjectReference): void {
    this.#hold(reference, { id: reference.id, received: 1 })
  }

  /** What its user holds of an object that the thread has sent: the same for the same object. */
  receive([, id, name, about]: ObjectOnWire, executor: AbstractExecutor, thread: Thread): object {
    let reference = this.#references.get(id)?.deref()
    if (reference === undefined) {
      reference = newReference(executor, name, id, new Home(thread), undefined, about)
      this.#hold(reference, { id, received: 0 })
    }
    reference.about ??= about
    const receipt = this.#receipts.get(id)
    if (receipt !== undefined) receipt.received++
    return faceOf(reference)
  }

  /** The object has come once, in what is not wanted. */
  discard([, id]: ObjectOnWire): void {
    this.#free(id, 1)
  }

  /** The object is no more: disposed, or never made. */
  forget(reference: ObjectReference): void {
    if (this.#references.get(reference.id)?.deref() !== reference) return
    this.#references.delete(reference.id)
    this.#receipts.delete(reference.id)
    this.#onChange()
  }

  /** The thread has ended, and all of them with it. */
  lose(lost: (subject: string) => unknown): void {
    for (const held of this.#references.values()) {
      const reference = held.deref()
      if (reference !== undefined) Home.of(reference).lost = lost
    }
    this.#references.clear()
    this.#receipts.clear()
  }

  #hold(reference: ObjectReference, receipt: Receipt): void {
    this.#references.set(reference.id, new WeakRef(reference))
    this.#receipts.set(reference.id, receipt)
    this.#collected.register(reference, receipt, reference)
  }

  #release(receipt: Receipt): void {
    // The thread may have sent the object once more meanwhile, under a new reference.
    if (this.#receipts.get(receipt.id) === receipt) {
      this.#receipts.delete(receipt.id)
      this.#references.delete(receipt.id)
      this.#onChange()
    }
    this.#free(receipt.id, receipt.received)
  }
}
