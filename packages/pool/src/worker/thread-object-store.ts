import { NotCloneableError } from '@bridge/core'
import {
  decodeThrown,
  dereference,
  type EncodedThrown,
  encodeThrown,
  hasMarks,
  hasObjects,
  type Referring,
  refer,
  referencesIn,
  referenceTo,
  type Transferable
} from '@bridge/core/executor'
import { ByReference, type ObjectOnWire, type ObjectStore, ObjectTable } from '@bridge/core/host'
import { isError, isLostOnWire, lostIn, restoreLost } from '@bridge/core/internal'
import type { Stays } from '@bridge/iter'
import type { CallbackOnWire } from '../callback/wire.js'
import type { Reference, References } from '../connection/wire.js'
import { CallbackFunctions } from './callback/callback-functions.js'
import type { Caller } from './callback/caller.js'

/** The task and the part of it that is sent, and its transfer list. */
export interface SentPart {
  readonly name: string
  readonly what: 'args' | 'its result' | 'an item'
  readonly transferList: readonly Transferable[] | undefined
}

/** Refuses an object that lives on a worker of this thread, whose stub would be sent as data. */
function refuseForeign(one: object, task: string): void {
  const foreign = referenceTo(one)
  if (foreign === undefined) return
  throw new NotCloneableError(
    `${task}(): the ${foreign.name} lives on ${foreign.executor.name} of this thread and can't be sent to its caller; ` +
      'send its results, or an object of your own class that uses it'
  )
}

/** The objects that stay on this thread, and the references that are sent for them. */
export class ThreadObjectStore implements ObjectStore {
  readonly objects: ObjectTable
  readonly functions: CallbackFunctions
  readonly caller: Caller

  /** `onDisposables` is called with the number of kept objects that can be disposed, whenever it changes. */
  constructor(caller: Caller, onDisposables: (count: number) => void) {
    this.caller = caller
    this.objects = new ObjectTable(onDisposables)
    this.functions = new CallbackFunctions(caller, this)
  }

  readonly encodeThrown = (thrown: unknown): EncodedThrown =>
    encodeThrown(thrown, { referenceOf: one => this.#referenceTo(one), isKept: this.#keeps })

  /**
   * The data that is sent for a value of the call; `undefined` when all of it is plain data.
   *
   * @throws NotCloneableError when something in it can't cross.
   */
  refer(value: unknown, { name, what, transferList }: SentPart): Referring<Reference> | undefined {
    const lost = lostIn(`${name}()`, what, value, transferList)
    const taken: ObjectOnWire[] = []
    const referenceOf = (one: object): Reference | undefined => {
      const kept = this.#referenceTo(one)
      if (kept?.[0] === 'object') taken.push(kept)
      if (kept === undefined) refuseForeign(one, name)
      return kept ?? (isError(one) ? ['error', this.encodeThrown(one)] : lost(one))
    }
    try {
      return refer(value, referenceOf, this.#mayKeep(value) ? this.#keeps : undefined)
    } catch (error) {
      this.#release(taken)
      throw error
    }
  }

  /** Which objects in the items of a call's stream stay here. */
  staysOf(name: string): Stays {
    return {
      mayKeep: item => hasMarks() || this.#mayKeep(item),
      refer: item => this.refer(item, { name, what: 'an item', transferList: undefined })
    }
  }

  /**
   * Received data with the objects themselves instead of references; a promise while an object is being constructed, or
   * until `imported` resolves, which may register the classes of instances.
   */
  receive(
    name: string,
    data: unknown,
    references: NonNullable<References>,
    imported?: Promise<unknown>
  ): unknown {
    const lives = referencesIn(references).map(reference => this.#live(reference, name))
    const put = (found: readonly unknown[]): unknown => {
      let next = 0
      return dereference({ data, references }, () => found[next++])
    }
    if (imported !== undefined) return Promise.all([Promise.all(lives), imported]).then(([all]) => put(all))
    return lives.some(live => live instanceof Promise) ? Promise.all(lives).then(put) : put(lives)
  }

  /** Releases the references of a value that could not be sent after all. */
  reclaim(references: References): void {
    this.#release(referencesIn(references ?? []).filter(reference => reference[0] === 'object'))
  }

  #release(objects: readonly ObjectOnWire[]): void {
    for (const [, id] of objects) this.objects.release(id, 1)
  }

  #referenceTo(one: object): ObjectOnWire | CallbackOnWire | undefined {
    return this.functions.referenceTo(one) ?? this.objects.referenceTo(one)
  }

  /** Whether any object stays here: until then, values need not be searched for objects. */
  #mayKeep(value: unknown): boolean {
    return value instanceof ByReference || this.objects.isUsed || hasObjects()
  }

  readonly #keeps = (one: object): boolean => this.objects.has(one)

  #live(reference: Reference, name: string): unknown {
    if (reference[0] === 'callback') return this.functions.receive(reference)
    if (isLostOnWire(reference)) return restoreLost(reference)
    return reference[0] === 'error' ? decodeThrown(reference[1]) : this.objects.find(reference[1], name)
  }
}
