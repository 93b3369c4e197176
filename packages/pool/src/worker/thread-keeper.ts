import {
  dereference,
  type EncodedThrown,
  encodeThrown,
  hasObjects,
  type Referring,
  refer
} from '@bridge/core/executor'
import { type HostRun, type Keeper, KeptObject, ObjectTable, type Outcome } from '@bridge/core/host'
import type { Reference, References } from '../lane/wire.js'
import type { TaskOfFunction } from './request.js'

/** What stays on this thread, and what stands for it in what is sent. */
export class ThreadKeeper implements Keeper {
  readonly objects = new ObjectTable()

  encodeThrown(thrown: unknown): EncodedThrown {
    if (!this.#mayRefer(thrown)) return encodeThrown(thrown)
    const references: unknown[] = []
    const encoded = encodeThrown(thrown, part => this.#refer(part, references)?.data ?? part)
    return { ...encoded, references }
  }

  /** What a value is sent as; `undefined` when all of it is data. */
  refer(value: unknown): Referring<Reference> | undefined {
    return this.#mayRefer(value) ? this.#refer(value, []) : undefined
  }

  /**
   * What has arrived, with the objects themselves where they are referred to; a promise while one is being made, or
   * where one can't be had.
   */
  receive(name: string, data: unknown, references: readonly unknown[]): unknown {
    const find = ([, id]: Reference): object | Promise<object> => this.objects.find(id, name)
    const put = (found: readonly object[]): unknown =>
      dereference({ data, references: references.map((_, place) => place) }, place => found[place])
    try {
      const objects = (references as Reference[]).map(find)
      return objects.some(object => object instanceof Promise) ? Promise.all(objects).then(put) : put(objects)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** An object that is made when the arguments of its constructor are there. */
  expect({ operation }: TaskOfFunction, args: readonly unknown[], { outcome }: HostRun): void {
    if (operation === 'new') this.objects.expect(args[0] as number, Promise.resolve(outcome))
  }

  /** How a task ends whose arguments can't be had. */
  failing({ operation }: TaskOfFunction, args: readonly unknown[]): (error: unknown) => Outcome {
    return error => {
      if (operation === 'new') this.objects.fail(args[0] as number, error)
      return { type: 'error', error: this.encodeThrown(error) }
    }
  }

  /** What could not be sent after all. */
  takeBack(references: References): void {
    for (const [, id] of (references ?? []) as readonly Reference[]) this.objects.release(id, 1)
  }

  /** Whether anything stays here at all: while nothing does, what is sent need not be looked through. */
  #mayRefer(value: unknown): boolean {
    return value instanceof KeptObject || this.objects.isUsed || hasObjects()
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
