import { referencesIn } from '@bridge/core/executor'
import { importCarriers, loadModuleFor } from '@bridge/core/host'
import { IMPORTED, IMPORTING } from '../lane/wire.js'
import type { ArrivedCall } from './request.js'

/** Tells the owner that what a call needs is being imported, or that it is there. */
type Tell = (message: readonly [kind: typeof IMPORTING | typeof IMPORTED, id: number]) => void

/** More turns of the microtask queue than there are between the end of an import and the calls that waited for it. */
const HOPS = 16

/**
 * The modules that calls need, imported before their functions are entered: the owner is told of it, so that a caller
 * may leave meanwhile and the import goes on.
 */
export class Imports {
  readonly #tell: Tell
  readonly #imported = new Set<string>()
  /** The objects whose constructors wait for an import, and so does what is called of them. */
  readonly #expected = new Map<number, Promise<unknown>>()

  constructor(tell: Tell) {
    this.#tell = tell
  }

  /**
   * Resolves when all is there that a call needs, and rejects with what keeps it from being there; `undefined` where it
   * is there already, or must be at once.
   */
  before({ id, task, args, context, references, isBlocking }: ArrivedCall): Promise<unknown> | undefined {
    const { module } = task
    const isThere = module === '' || this.#imported.has(module)
    if (isBlocking === true || (isThere && context === undefined && this.#expected.size === 0))
      return undefined
    const needed = [
      ...(isThere ? [] : [this.#import(task.name, module, context)]),
      ...importCarriers(context),
      ...this.#objects(module === '' ? (args[0] as number) : undefined, references)
    ]
    if (needed.length === 0) return undefined
    this.#tell([IMPORTING, id])
    return Promise.all(needed).finally(() => this.#tell([IMPORTED, id]))
  }

  /** The object is made when `made` resolves, and not before an import. */
  expect(object: number, made: Promise<unknown>): void {
    this.#expected.set(object, made)
    void made.then(() => this.#later(() => this.#expected.delete(object)))
  }

  async #import(name: string, module: string, context: ArrivedCall['context']): Promise<void> {
    await loadModuleFor({ name, module, context })
    void this.#later(() => this.#imported.add(module))
  }

  /** What asks from now on must not overtake what waits, which begins some turns of the microtask queue from now. */
  async #later(act: () => void): Promise<void> {
    for (let hop = 0; hop < HOPS; hop++) await null
    act()
  }

  #objects(receiver: number | undefined, references: ArrivedCall['references']): Promise<unknown>[] {
    if (this.#expected.size === 0) return []
    const referred = referencesIn(references ?? []).map(([kind, id]) => (kind === 'object' ? id : undefined))
    return [receiver, ...referred].flatMap(id => (id === undefined ? [] : (this.#expected.get(id) ?? [])))
  }
}
