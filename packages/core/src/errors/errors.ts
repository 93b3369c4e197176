import { BridgeError, brandError } from './bridge-error.js'

/**
 * A call, or a wait for one, took longer than it may. `code` is `BRIDGE_TIMEOUT`. A task's own error that
 * happens to be called TimeoutError is never converted to this error.
 *
 * @example
 * ```ts
 * await tasks.hash('x', 1e9).with({ timeout: 500 }) // CallTimeoutError: hash() did not finish within 500 ms …
 * ```
 */
export class CallTimeoutError extends BridgeError {
  /** The limit that passed, in milliseconds; `undefined` where an absolute deadline was set. */
  readonly timeout: number | undefined

  constructor(message: string, timeout?: number) {
    super('BRIDGE_TIMEOUT', message)
    this.timeout = timeout
  }
}

/**
 * A call was cancelled without a reason. `code` is `BRIDGE_ABORTED` and `name` is 'AbortError', the platform's name. A
 * signal's own `reason` is thrown unchanged instead.
 *
 * @example
 * ```ts
 * const future = tasks.hash('x', 10).start()
 * future.cancel()
 * await future // CallAbortedError: hash() was cancelled …
 * ```
 */
export class CallAbortedError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_ABORTED', message, options)
  }
}

/** A wait that could never end, with the cycle in its message. `code` is `BRIDGE_DEADLOCK`. */
export class DeadlockError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_DEADLOCK', message, options)
  }
}

/** Blocking was asked for where it is impossible: the code to wait for needs this very thread. `code` is
 * `BRIDGE_CANNOT_BLOCK`. */
export class CannotBlockError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_CANNOT_BLOCK', message, options)
  }
}

/** An executor's queue holds as many calls as it may. `code` is `BRIDGE_QUEUE_FULL`. */
export class QueueFullError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_QUEUE_FULL', message, options)
  }
}

/** The worker that ran a call ended before the call did; `cause` is the reason if it is known. `code` is
 * `BRIDGE_WORKER_LOST`. */
export class WorkerLostError extends BridgeError {
  /** Whether the task may have run, partly or completely. `false` if it is known that it never started. */
  readonly mayHaveRun: boolean

  constructor(message: string, options?: ErrorOptions & { readonly mayHaveRun?: boolean }) {
    super('BRIDGE_WORKER_LOST', message, options)
    this.mayHaveRun = options?.mayHaveRun ?? true
  }
}

/** A value that can't leave its thread; the message names its path, such as `args[1].handler`. `code` is
 * `BRIDGE_NOT_CLONEABLE`. */
export class NotCloneableError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_NOT_CLONEABLE', message, options)
  }
}

/**
 * The arguments or the result of a call have more bytes than can be sent to the other process at once. `code` is
 * `BRIDGE_TOO_LARGE`. Send them in parts, as a stream does, or send a reference to where they are.
 */
export class PayloadTooLargeError extends BridgeError {
  /** The number of bytes. */
  readonly bytes: number
  /** The largest number of bytes that can be sent. */
  readonly limit: number

  constructor(what: string, bytes: number, limit: number) {
    super(
      'BRIDGE_TOO_LARGE',
      `${what} ${bytes} bytes, and at most ${limit} can be sent at once; send it in parts, as a stream does, or send a reference to where it is`
    )
    this.bytes = bytes
    this.limit = limit
  }
}

/** A module that could not be loaded, or that has no such function; `cause` is the loader's error. `code` is
 * `BRIDGE_TASK_NOT_FOUND`. */
export class TaskNotFoundError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_TASK_NOT_FOUND', message, options)
  }
}

/** An executor was called after its `close()`. `code` is `BRIDGE_CLOSED`. */
export class ExecutorClosedError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_CLOSED', message, options)
  }
}

/** A resource or a stream was used after it was disposed. `code` is `BRIDGE_DISPOSED`. */
export class DisposedError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_DISPOSED', message, options)
  }
}

/** An invalid argument, refused at the call; the message shows the value. `code` is
 * `BRIDGE_INVALID_ARGUMENT`. */
export class InvalidArgumentError extends BridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('BRIDGE_INVALID_ARGUMENT', message, options)
  }
}

/** Every concrete class above, by name: errors that cross without being registered. */
export const BRIDGE_ERRORS = {
  CallTimeoutError,
  CallAbortedError,
  DeadlockError,
  CannotBlockError,
  QueueFullError,
  WorkerLostError,
  NotCloneableError,
  PayloadTooLargeError,
  TaskNotFoundError,
  ExecutorClosedError,
  DisposedError,
  InvalidArgumentError
} as const

for (const [name, Class] of Object.entries(BRIDGE_ERRORS)) {
  brandError(Class, name, Class === CallAbortedError ? 'AbortError' : name)
}
