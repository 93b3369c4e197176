import type { Task, Transferable } from '@bridge/core/executor'
import { type SentSource, sentStreamsIn } from '@bridge/iter'
import { readsFromBlocked } from '../callback/deadlock-errors.js'

/** The streams of this thread that a call was given to read: their sources are here, their reader is there. */
export class SentSources {
  readonly #sources: readonly SentSource[]

  private constructor(sources: readonly SentSource[]) {
    this.#sources = sources
  }

  /** Those among what a call moves; `undefined` for nearly every call. */
  static among(moves: readonly Transferable[] | undefined): SentSources | undefined {
    const sources = sentStreamsIn(moves)
    return sources === undefined ? undefined : new SentSources(sources)
  }

  includes(source: SentSource): boolean {
    return this.#sources.includes(source)
  }

  /** Those that are being read. */
  get read(): readonly SentSource[] {
    return this.#sources.filter(source => source.isRead)
  }

  /** Whether one of them is being read. */
  get areRead(): boolean {
    return this.#sources.some(source => source.isRead)
  }

  /** Whether one of them is being read that only this thread's event loop can go on with. */
  get needLoop(): boolean {
    return this.#sources.some(source => source.isRead && source.needsLoop)
  }

  /** Resolves when all of them have ended or are read no more. */
  get left(): Promise<unknown> {
    return Promise.all(this.#sources.map(source => source.left))
  }

  /** Ends those that only this thread's event loop could go on with, while the call `name` keeps it from turning. */
  refuseCycle(name: string): void {
    for (const source of this.#sources) if (source.needsLoop) source.fail(readsFromBlocked(name))
  }
}

/**
 * `isDone`, for a wait that blocks this thread for a call and has no end of its own. A source that waits for this
 * thread is ended by an error that names the cycle: it reaches the call, which may do without the rest, and if not,
 * the caller.
 */
export function refusingCycles(
  { moves, task }: { readonly moves: readonly Transferable[] | undefined; readonly task: Task },
  isDone: () => boolean
): () => boolean {
  const lent = SentSources.among(moves)
  if (lent === undefined) return isDone
  return () => {
    lent.refuseCycle(task.name)
    return isDone()
  }
}
