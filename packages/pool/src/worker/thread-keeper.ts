import {
  dereference,
  type EncodedThrown,
  encodeThrown,
  hasObjects,
  holdsErrors,
  isError,
  type Referring,
  refer
} from '@bridge/core/executor'
import { type Keeper, KeptObject, ObjectTable } from '@bridge/core/host'
import type { ErrorOnWire, Reference, References } from '../lane/wire.js'
import { CallbackFunctions } from './callback/callback-functions.js'
import type { Caller } from './callback/caller.js'

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
    const encoded = encodeThrown(thrown, part => this.#refer(part, references, neverAnError)?.data ?? part)
    return { ...encoded, references }
  }

  /** What a value is sent as; `undefined` when all of it is data. */
  refer(value: unknown): Referring<Reference> | undefined {
    return this.#mayRefer(value) ? this.#refer(value, [], isError) : undefined
  }

  /** The same for what goes as a message: errors in it are encoded. */
  referInMessage(value: unknown): Referring<Reference> | undefined {
    return holdsErrors(value) ? this.#refer(value, [], isError) : undefined
  }

  /** What has arrived, with the objects themselves where they are referred to; a promise while one is being made. */
  receive(name: string, data: unknown, references: readonly unknown[]): unknown {
    const objects = (references as Exclude<Reference, ErrorOnWire>[]).map(reference =>
      reference[0] === 'callback' ? this.functions.receive(reference) : this.objects.find(reference[1], name)
    )
    const put = (found: readonly object[]): unknown =>
      dereference({ data, references: references.map((_, place) => place) }, place => found[place])
    return objects.some(object => object instanceof Promise) ? Promise.all(objects).then(put) : put(objects)
  }

  /** What could not be sent after all. */
  takeBack(references: References): void {
    for (const [kind, id] of (references ?? []) as readonly Reference[]) {
      if (kind === 'object') this.objects.release(id, 1)
    }
  }

  /** Whether anything stays here at all: while nothing does, what is sent need not be looked through. */
  #mayRefer(value: unknown): boolean {
    return value instanceof KeptObject || this.objects.isUsed || this.functions.size > 0 || hasObjects()
  }

  #refer(
    value: unknown,
    references: unknown[],
    isSentError: (one: object) => boolean
  ): Referring<Reference> | undefined {
    const { objects, functions } = this
    const errorOf = (one: object): Reference | undefined =>
      isSentError(one) ? ['error', this.encodeThrown(one)] : undefined
    return refer(
      value,
      one => functions.referenceTo(one) ?? objects.referenceTo(one) ?? errorOf(one),
      one => functions.referenceTo(one) !== undefined || objects.has(one) || isSentError(one),
      references as Reference[]
    )
  }
}
