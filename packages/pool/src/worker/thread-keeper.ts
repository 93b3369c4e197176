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
import { type Keeper, KeptObject, type ObjectOnWire, ObjectTable } from '@bridge/core/host'
import { foundAgain, isError, isLostOnWire, lostIn } from '@bridge/core/internal'
import type { Stays } from '@bridge/iter'
import type { CallbackOnWire } from '../callback/wire.js'
import type { Reference, References } from '../lane/wire.js'
import { CallbackFunctions } from './callback/callback-functions.js'
import type { Caller } from './callback/caller.js'

/** Whose value is sent, what of it, and what is moved with it. */
export interface SentPart {
  readonly name: string
  readonly what: 'args' | 'its result' | 'an item'
  readonly moves: readonly Transferable[] | undefined
}

/** Refuses an object that lives on a thread below this one, whose face would be taken for data. */
function refuseForeign(one: object, task: string): void {
  const foreign = referenceTo(one)
  if (foreign === undefined) return
  throw new NotCloneableError(
    `${task}(): the ${foreign.name} lives on ${foreign.executor.name} of this thread and can't be sent to its caller; ` +
      'send what it gives, or an object of a class of your own that uses it'
  )
}

/** What stays on this thread, and what stands for it in what is sent. */
export class ThreadKeeper implements Keeper {
  readonly objects: ObjectTable
  readonly functions: CallbackFunctions
  readonly caller: Caller

  /** `onDisposables` is told how many objects are kept that can be disposed, whenever that changes. */
  constructor(caller: Caller, onDisposables: (count: number) => void) {
    this.caller = caller
    this.objects = new ObjectTable(onDisposables)
    this.functions = new CallbackFunctions(caller, this)
  }

  readonly encodeThrown = (thrown: unknown): EncodedThrown =>
    encodeThrown(thrown, { referenceOf: one => this.#referenceTo(one), isKept: this.#keeps })

  /**
   * What a value of the call is sent as; `undefined` when all of it is data.
   *
   * @throws NotCloneableError when something in it can't cross.
   */
  refer(value: unknown, { name, what, moves }: SentPart): Referring<Reference> | undefined {
    const lost = lostIn(`${name}()`, what, value, moves)
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

  /** What stays here of the items of a call's stream. */
  staysOf(name: string): Stays {
    return {
      mayKeep: item => hasMarks() || this.#mayKeep(item),
      refer: item => this.refer(item, { name, what: 'an item', moves: undefined })
    }
  }

  /**
   * What has arrived, with the objects themselves where they are referred to; a promise while one is being made, or until `imported` is
   * there, which may register the classes of instances.
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

  /** What could not be sent after all. */
  takeBack(references: References): void {
    this.#release(referencesIn(references ?? []).filter(reference => reference[0] === 'object'))
  }

  #release(objects: readonly ObjectOnWire[]): void {
    for (const [, id] of objects) this.objects.release(id, 1)
  }

  #referenceTo(one: object): ObjectOnWire | CallbackOnWire | undefined {
    return this.functions.referenceTo(one) ?? this.objects.referenceTo(one)
  }

  /** Whether any object stays here: while none does, what is sent need not be compared with them. */
  #mayKeep(value: unknown): boolean {
    return value instanceof KeptObject || this.objects.isUsed || hasObjects()
  }

  readonly #keeps = (one: object): boolean => this.objects.has(one)

  #live(reference: Reference, name: string): unknown {
    if (reference[0] === 'callback') return this.functions.receive(reference)
    if (isLostOnWire(reference)) return foundAgain(reference)
    return reference[0] === 'error' ? decodeThrown(reference[1]) : this.objects.find(reference[1], name)
  }
}
