import type { AbstractExecutor } from '@bridge/core/executor'
import { newReference, type ObjectReference, stubOf } from '@bridge/core/executor'
import type { ObjectOnWire } from '@bridge/core/host'
import type { Thread } from '../thread/thread.js'
import { ObjectLocation } from './object-location.js'

/** How often a reference was received from its thread; its construction counts as once. */
interface Receipt {
  readonly id: number
  received: number
}

/** Notifies the thread that the parent has released an object which it received so many times. */
export type Release = (id: number, received: number) => void

/** The objects on one thread that are referenced from this thread. */
export class ThreadObjects {
  readonly #references = new Map<number, WeakRef<ObjectReference>>()
  readonly #receipts = new Map<number, Receipt>()
  readonly #free: Release
  readonly #onChange: () => void
  // It observes the references, not the users' stubs: a running call still needs its object.
  readonly #collected = new FinalizationRegistry<Receipt>(receipt => this.#release(receipt))

  /** `onChange` is called when there may be none left. */
  constructor(free: Release, onChange: () => void) {
    this.#free = free
    this.#onChange = onChange
  }

  /** How many objects live there. */
  get size(): number {
    return this.#references.size
  }

  /** An object is about to be constructed there. */
  add(reference: ObjectReference): void {
    this.#hold(reference, { id: reference.id, received: 1 })
  }

  /** The stub for an object that the thread has sent: the same for the same object. */
  receive([, id, name, about]: ObjectOnWire, executor: AbstractExecutor, thread: Thread): object {
    let reference = this.#references.get(id)?.deref()
    if (reference === undefined) {
      reference = newReference(executor, name, id, new ObjectLocation(thread), undefined, about)
      this.#hold(reference, { id, received: 0 })
    }
    reference.about ??= about
    const receipt = this.#receipts.get(id)
    if (receipt !== undefined) receipt.received++
    return stubOf(reference)
  }

  /** The object was received once, in a value that is discarded. */
  discard([, id]: ObjectOnWire): void {
    this.#free(id, 1)
  }

  /** The object no longer exists: it was disposed, or never constructed. */
  remove(reference: ObjectReference): void {
    if (this.#references.get(reference.id)?.deref() !== reference) return
    this.#references.delete(reference.id)
    this.#receipts.delete(reference.id)
    this.#onChange()
  }

  /** The thread has ended, and its objects with it. */
  markLost(lost: (subject: string) => unknown): void {
    for (const held of this.#references.values()) {
      const reference = held.deref()
      if (reference !== undefined) ObjectLocation.of(reference).lost = lost
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
    // The thread may have sent the object again in the meantime, under a new reference.
    if (this.#receipts.get(receipt.id) === receipt) {
      this.#receipts.delete(receipt.id)
      this.#references.delete(receipt.id)
      this.#onChange()
    }
    this.#free(receipt.id, receipt.received)
  }
}
