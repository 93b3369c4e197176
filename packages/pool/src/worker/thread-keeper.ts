import {
  dereference,
  type EncodedThrown,
  encodeThrown,
  hasObjects,
  type Referring,
  refer
} from '@bridge/core/executor'
import { type Keeper, KeptObject, ObjectTable } from '@bridge/core/host'
import type { Reference } from '../lane/wire.js'

/** What stays on this thread, and what stands for it in what is sent. */
export class ThreadKeeper implements Keeper {
  readonly objects = new ObjectTable()

  encodeThrown(thrown: unknown): EncodedThrown {
    if (!this.#mayRefer(thrown)) return encodeThrown(thrown)
    const references: unknown[] = []
    const encoded = encodeThrown(thrown, part => this.#refer(part, references)?.data ?? part)
    return references.length === 0 ? encoded : { ...encoded, references }
  }

  /** What a value is sent as; `undefined` when all of it is data. */
  refer(value: unknown): Referring<Reference> | undefined {
    return this.#mayRefer(value) ? this.#refer(value, []) : undefined
  }

  /** What has arrived, with the objects themselves where they are referred to; a promise while one is being made. */
  receive(name: string, data: unknown, references: readonly unknown[]): unknown {
    const objects = (references as Reference[]).map(([, id]) => this.objects.find(id, name))
    const put = (found: readonly object[]): unknown =>
      dereference({ data, references: references.map((_, place) => place) }, place => found[place])
    return objects.some(object => object instanceof Promise) ? Promise.all(objects).then(put) : put(objects)
  }

  /** Whether anything stays here at all: while nothing does, what is sent need not be looked through. */
  #mayRefer(value: unknown): boolean {
    return value instanceof KeptObject || this.objects.size > 0 || hasObjects()
  }

  #refer(value: unknown, references: unknown[]): Referring<Reference> | undefined {
    const { objects } = this
    return refer(
      value,
      one => objects.referenceTo(one),
      one => objects.has(one),
      references as Reference[]
    )
  }
}
