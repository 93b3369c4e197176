import { now } from '../clock.js'
import { currentScope, type Scope } from './scope.js'

/** What a task can know of its own call. */
export interface TaskInfo {
  /** The function's name. */
  readonly name: string
  /** When the call must have ended, in milliseconds since the epoch; `undefined` for no limit. */
  readonly deadline: number | undefined
  /** Aborts when the call is cancelled or its deadline passes. */
  readonly signal: AbortSignal
  /** Whether the call was cancelled or its deadline has passed; a synchronous loop sees it change too. */
  readonly aborted: boolean
  /** Throws the reason of the cancellation, if there is one. */
  throwIfAborted(): void
}

/**
 * What the running task can know of its own call, or `undefined` outside of a task. Works on every executor; in
 * place it is there for calls that were given a limit.
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
 * A `TaskInfo` that an executor controls, and the scope of what the task calls. Its AbortController exists only once
 * somebody asks for the signal, or makes a nested call.
 */
export class TaskControl implements TaskInfo, Scope {
  readonly name: string
  readonly deadline: number | undefined
  readonly #lateError: () => unknown
  #controller: AbortController | undefined
  #cancelled: { readonly reason: unknown } | undefined

  /** `lateError` makes what a task throws that finds its deadline passed before its caller did. */
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

  /** Marks the task cancelled, once, and tells whoever watches its signal. */
  cancel(reason: unknown): void {
    if (this.#cancelled !== undefined) return
    this.#cancelled = { reason }
    this.#controller?.abort(reason)
  }

  get #isLate(): boolean {
    return this.deadline !== undefined && now() >= this.deadline
  }
}
