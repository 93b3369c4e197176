import { now } from '../clock.js'
import { currentScope, type Scope } from './scope.js'

/** What a task can learn about its own call. */
export interface TaskInfo {
  /** The function's name. */
  readonly name: string
  /** When the call must have ended, in milliseconds since the epoch; `undefined` for no limit. */
  readonly deadline: number | undefined
  /** Aborts when the call is cancelled or its deadline passes. */
  readonly signal: AbortSignal
  /** Whether the call was cancelled or its deadline has passed; the value also changes during a synchronous loop. */
  readonly aborted: boolean
  /** Throws the reason of the cancellation, if there is one. */
  throwIfAborted(): void
}

/**
 * Information on the running task's own call, or `undefined` outside of a task. Works on every executor; on the calling
 * thread, for calls that were given a limit.
 *
 * @example
 * ```ts
 * export function search(rows: Row[]) {
 *   for (const row of rows) {
 *     currentTask()?.throwIfAborted() // the caller has gone: stop here
 *     …
 *   }
 * }
 * ```
 */
export function currentTask(): TaskInfo | undefined {
  return currentScope()?.task
}

/**
 * A `TaskInfo` that an executor controls, and the scope of the calls that the task makes. Its AbortController is
 * created only when the signal is read, or a nested call is made.
 */
export class TaskControl implements TaskInfo, Scope {
  readonly name: string
  readonly deadline: number | undefined
  readonly #lateError: () => unknown
  #controller: AbortController | undefined
  #listeners: Set<(reason: unknown) => void> | undefined
  #cancelled: { readonly reason: unknown } | undefined

  /** `lateError` creates the error for a task that detects before its caller that its deadline has passed. */
  constructor(name: string, deadline: number | undefined, lateError: () => unknown) {
    this.name = name
    this.deadline = deadline
    this.#lateError = lateError
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    // Aborting twice changes nothing.
    if (this.#cancelled !== undefined) this.#controller.abort(this.#cancelled.reason)
    return this.#controller.signal
  }

  get signals(): readonly AbortSignal[] {
    return [this.signal]
  }

  get task(): TaskInfo {
    return this
  }

  get aborted(): boolean {
    return this.#cancelled !== undefined || this.#isLate
  }

  throwIfAborted(): void {
    if (this.#cancelled !== undefined) throw this.#cancelled.reason
    if (this.#isLate) throw this.#lateError()
  }

  /** Marks the task as cancelled, once, and aborts its signal. */
  cancel(reason: unknown): void {
    if (this.#cancelled !== undefined) return
    this.#cancelled = { reason }
    this.#controller?.abort(reason)
    for (const listener of this.#listeners ?? []) listener(reason)
  }

  /** Calls `listener` when the task is cancelled, until the function that is returned is called. Creates no AbortController. */
  onCancel(listener: (reason: unknown) => void): () => void {
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => this.#listeners?.delete(listener)
  }

  get #isLate(): boolean {
    return this.deadline !== undefined && now() >= this.deadline
  }
}
