import {
  dereference,
  type EncodedThrown,
  encodeThrown,
  hasObjects,
  type Referring,
  refer,
  type Transferable
} from '@bridge/core/executor'
import { type Keeper, KeptObject, ObjectTable } from '@bridge/core/host'
import { foundAgain, holdsLost, isError, isLostOnWire, type LostOnWire, lostIn } from '@bridge/core/internal'
import type { ErrorOnWire, Reference, References } from '../lane/wire.js'
import { CallbackFunctions } from './callback/callback-functions.js'
import type { Caller } from './callback/caller.js'

/** Whose value is sent, what of it, and what is moved with it. */
export interface SentPart {
  readonly name: string
  readonly what: 'args' | 'its result'
  readonly moves: readonly Transferable[] | undefined
}

function lostOf(value: unknown, { name, what, moves }: SentPart): (one: object) => LostOnWire | undefined {
  return lostIn(`${name}()`, what, value, moves)
}

/** The errors in an error's own data are encoded with it. */
const neverAnError = (): boolean => false

/** What stays on this thread, and what stands for it in what is sent. */
export class ThreadKeeper implements Keeper {
  readonly objects = new ObjectTable()
  readonly functions: CallbackFunctions
  readonly caller: Caller

  constructor(caller: Caller) {
    this.caller = caller
    this.functions = new CallbackFunctions(caller, this)
  }

  readonly encodeThrown = (thrown: unknown): EncodedThrown => {
    if (!this.#mayRefer(thrown)) return encodeThrown(thrown)
    const references: unknown[] = []
    const encoded = encodeThrown(
      thrown,
      part => this.#refer(part, references, neverAnError, undefined)?.data ?? part
    )
    return { ...encoded, references }
  }

  /**
   * What a value of the call is sent as; `undefined` when all of it is data, but for what a message loses.
   *
   * @throws NotCloneableError when something in it can't cross.
   */
  refer(value: unknown, sent: SentPart): Referring<Reference> | undefined {
    return this.#mayRefer(value) ? this.#refer(value, [], isError, lostOf(value, sent)) : undefined
  }

  /**
   * The same for what goes as a message: errors in it are encoded, and what it would lose stands beside it.
   *
   * @throws NotCloneableError when something in it can't cross.
   */
  referInMessage(value: unknown, sent: SentPart): Referring<Reference> | undefined {
    return holdsLost(value) ? this.#refer(value, [], isError, lostOf(value, sent)) : undefined
  }

  /** What has arrived, with the objects themselves where they are referred to; a promise while one is being made. */
  receive(name: string, data: unknown, references: readonly unknown[]): unknown {
    const objects = (references as Exclude<Reference, ErrorOnWire>[]).map(reference => {
      if (reference[0] === 'callback') return this.functions.receive(reference)
      return isLostOnWire(reference) ? foundAgain(reference) : this.objects.find(reference[1], name)
    })
    const put = (found: readonly object[]): unknown =>
      dereference({ data, references: references.map((_, place) => place) }, place => found[place])
    return objects.some(object => object instanceof Promise) ? Promise.all(objects).then(put) : put(objects)
  }

  /** What could not be sent after all. */
  takeBack(references: References): void {
    for (const [kind, id] of (references ?? []) as readonly Reference[]) {
      if (kind === 'object') this.objects.release(id as number, 1)
    }
  }

  /** Whether anything stays here at all: while nothing does, what is sent need not be looked through. */
  #mayRefer(value: unknown): boolean {
    return value instanceof KeptObject || this.objects.isUsed || this.functions.size > 0 || hasObjects()
  }

  #refer(
    value: unknown,
    references: unknown[],
    isSentError: (one: object) => boolean,
    lost: ((one: object) => LostOnWire | undefined) | undefined
  ): Referring<Reference> | undefined {
    const { objects, functions } = this
    const errorOf = (one: object): Reference | undefined =>
      isSentError(one) ? ['error', this.encodeThrown(one)] : undefined
    return refer(
      value,
      one => functions.referenceTo(one) ?? objects.referenceTo(one) ?? errorOf(one),
      one => functions.referenceTo(one) !== undefined || objects.has(one) || isSentError(one),
      references as Reference[],
      undefined,
      lost
    )
  }
}
