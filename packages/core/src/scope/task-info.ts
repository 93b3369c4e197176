import { now } from '../clock.js'
import { CallAbortedError } from '../errors/errors.js'
import { timeoutError } from './limits.js'
import { currentScope } from './scope.js'

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

/** A `TaskInfo` that an executor controls. Its AbortController exists only once somebody asks for the signal. */
export class TaskControl implements TaskInfo {
  readonly name: string
  readonly deadline: number | undefined
  readonly #sharedFlag: (() => boolean) | undefined
  readonly #lateError: () => unknown
  #controller: AbortController | undefined
  #cancelled = false
  #reason: unknown

  /**
   * `sharedFlag` reads a word that the caller's thread sets, for loops that never let this thread's events in;
   * `lateError` makes what a task throws that finds its deadline passed before its caller did.
   */
  constructor(
    name: string,
    deadline: number | undefined,
    sharedFlag?: () => boolean,
    lateError: () => unknown = () => timeoutError({ name, timeout: undefined })
  ) {
    this.name = name
    this.deadline = deadline
    this.#sharedFlag = sharedFlag
    this.#lateError = lateError
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#cancelled && !this.#controller.signal.aborted) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  get aborted(): boolean {
    return this.#cancelled || this.#isLate || this.#sharedFlag?.() === true
  }

  throwIfAborted(): void {
    if (this.#cancelled) throw this.#reason
    if (this.#isLate) throw this.#lateError()
    if (this.#sharedFlag?.() === true)
      throw new CallAbortedError(`${this.name}() was cancelled by its caller`)
  }

  /** Marks the task cancelled, once, and tells whoever watches its signal. */
  cancel(reason: unknown): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.#reason = reason
    this.#controller?.abort(reason)
  }

  get #isLate(): boolean {
    return this.deadline !== undefined && now() >= this.deadline
  }
}
