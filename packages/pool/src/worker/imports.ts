import { referencesIn } from '@bridge/core/executor'
import { importCarriers, loadModuleFor } from '@bridge/core/host'
import { isReady } from '@bridge/core/internal'
import { IMPORTED, IMPORTING } from '../connection/wire.js'
import type { ReceivedTask } from './received-task.js'

/** Notifies the parent that the modules of a call are being imported, or that they are loaded. */
type Tell = (message: readonly [kind: typeof IMPORTING | typeof IMPORTED, id: number]) => void

/** More turns of the microtask queue than there are between the end of an import and the calls that waited for it. */
const HOPS = 16

/**
 * The modules that calls need, imported before their functions are entered: the parent is notified of it, so that a
 * caller may cancel in the meantime and the import continues.
 */
export class Imports {
  readonly #tell: Tell
  readonly #imported = new Set<string>()
  /** The objects whose constructors wait for an import, so that calls on them have to wait, too. */
  readonly #expected = new Map<number, Promise<unknown>>()

  constructor(tell: Tell) {
    this.#tell = tell
  }

  /**
   * Resolves when everything that a call needs is loaded, and rejects with the error of loading; `undefined` if it is
   * loaded already, or must be loaded synchronously.
   */
  before({ id, called, args, context, references, isBlocking }: ReceivedTask): Promise<unknown> | undefined {
    const { module } = called
    const isThere = module === '' || this.#imported.has(module)
    const isRestorable = context === undefined || isReady(context)
    if (isBlocking === true || (isThere && isRestorable && this.#expected.size === 0)) return undefined
    const needed = [
      ...(isThere ? [] : [this.#import(called.name, module, context)]),
      ...importCarriers({ context }),
      ...this.#objects(module === '' ? (args[0] as number) : undefined, references)
    ]
    if (needed.length === 0) return undefined
    this.#tell([IMPORTING, id])
    return Promise.all(needed).finally(() => this.#tell([IMPORTED, id]))
  }

  /** The object is constructed when `made` resolves, and not before an import. */
  expect(object: number, made: Promise<unknown>): void {
    this.#expected.set(object, made)
    void made.then(() => this.#later(() => this.#expected.delete(object)))
  }

  async #import(name: string, module: string, context: ReceivedTask['context']): Promise<void> {
    await loadModuleFor({ name, module, context })
    void this.#later(() => this.#imported.add(module))
  }

  /** Later calls must not overtake the waiting ones, which start some turns of the microtask queue from now. */
  async #later(act: () => void): Promise<void> {
    for (let hop = 0; hop < HOPS; hop++) await null
    act()
  }

  #objects(receiver: number | undefined, references: ReceivedTask['references']): Promise<unknown>[] {
    if (this.#expected.size === 0) return []
    const referred = referencesIn(references ?? []).map(([kind, id]) => (kind === 'object' ? id : undefined))
    return [receiver, ...referred].flatMap(id => (id === undefined ? [] : (this.#expected.get(id) ?? [])))
  }
}
