import type { Task, Transferable } from '@bridge/core/executor'
import { type SentSource, sentStreamsIn } from '@bridge/iter'
import { readsFromBlocked } from '../callback/deadlock-errors.js'

/** The streams of this thread that a call was given to read: their sources are here, their reader is there. */
export class SentSources {
  readonly #sources: readonly SentSource[]

  private constructor(sources: readonly SentSource[]) {
    this.#sources = sources
  }

  /** The streams in a call's transfer list; `undefined` for nearly every call. */
  static among(transferList: readonly Transferable[] | undefined): SentSources | undefined {
    const sources = sentStreamsIn(transferList)
    return sources === undefined ? undefined : new SentSources(sources)
  }

  includes(source: SentSource): boolean {
    return this.#sources.includes(source)
  }

  /** The streams that are being read. */
  get read(): readonly SentSource[] {
    return this.#sources.filter(source => source.isRead)
  }

  /** Whether one of them is being read. */
  get areRead(): boolean {
    return this.#sources.some(source => source.isRead)
  }

  /** Whether one of them is being read that needs this thread's event loop. */
  get needLoop(): boolean {
    return this.#sources.some(source => source.isRead && source.needsLoop)
  }

  /** Resolves when all of them have ended or are no longer read. */
  get left(): Promise<unknown> {
    return Promise.all(this.#sources.map(source => source.left))
  }

  /** Fails those that need this thread's event loop, while the call `name` keeps it from turning. */
  refuseCycle(name: string): void {
    for (const source of this.#sources) if (source.needsLoop) source.fail(readsFromBlocked(name))
  }
}

/**
 * `isDone`, for a wait that blocks this thread for a call without a limit. A source that needs this thread is failed
 * with an error that names the cycle: the call gets it, and may continue without the rest; if not, the caller gets it.
 */
export function refusingCycles(
  { transferList, task }: { readonly transferList: readonly Transferable[] | undefined; readonly task: Task },
  isDone: () => boolean
): () => boolean {
  const lent = SentSources.among(transferList)
  if (lent === undefined) return isDone
  return () => {
    lent.refuseCycle(task.name)
    return isDone()
  }
}
