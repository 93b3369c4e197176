import {
  type AbstractExecutor,
  decodeThrown,
  dereference,
  type EncodedThrown,
  referencesIn
} from '@bridge/core/executor'
import { isLostOnWire, restoreLost } from '@bridge/core/internal'
import type { Reference, References } from '../connection/wire.js'
import type { Thread } from '../thread/thread.js'

/** Resolves the references in data received from a thread. */
export class Received {
  readonly #thread: Thread
  readonly #executor: AbstractExecutor

  constructor(thread: Thread, executor: AbstractExecutor) {
    this.#thread = thread
    this.#executor = executor
  }

  data(data: unknown, references: References): unknown {
    return references === undefined ? data : dereference({ data, references }, this.live)
  }

  /** Releases the references of a value that is discarded. */
  discard(references: References): void {
    for (const reference of referencesIn(references ?? [])) {
      if (reference[0] === 'object') this.#thread.objects.discard(reference)
    }
  }

  thrown(thrown: EncodedThrown): EncodedThrown {
    const { references } = thrown
    return references === undefined
      ? thrown
      : { ...thrown, references: references.map(one => this.live(one as Reference)) }
  }

  /** The value of a reference on this thread. */
  readonly live = (given: readonly [kind: string, ...unknown[]]): unknown => {
    const reference = given as Reference
    if (reference[0] === 'error') return decodeThrown(this.thrown(reference[1]))
    if (reference[0] === 'callback') return this.#thread.callbacks.find(reference[1])
    if (isLostOnWire(reference)) return restoreLost(reference)
    return this.#thread.objects.receive(reference, this.#executor, this.#thread)
  }
}
