import { CannotBlockError } from '../errors/errors.js'
import type { Run } from '../executor/executor.js'

type Returned = { readonly value: unknown } | { readonly error: unknown }

/** A run whose function has been called already: it has returned, thrown, or given a promise. */
export class CalledRun implements Run {
  readonly promise: Promise<unknown>
  readonly #name: string
  readonly #returned: Returned

  constructor(name: string, call: () => unknown) {
    this.#name = name
    this.#returned = capture(call)
    this.promise = promiseOf(this.#returned)
  }

  waitSync(): unknown {
    if ('error' in this.#returned) throw this.#returned.error
    if (isThenable(this.#returned.value)) throw cannotWait(this.#name)
    return this.#returned.value
  }

  // What runs here without a limit has no task to tell; its caller simply awaits it.
  cancel(): void {}
}

/** A run that never began. */
export function failedRun(reason: unknown): Run {
  return new CalledRun('', () => {
    throw reason
  })
}

/** The error of waiting for code that needs the waiting thread. */
export function cannotWait(name: string): CannotBlockError {
  return new CannotBlockError(
    `${name}() runs on this thread, and blocking would stop the very code it waits for; await it, or run it on ` +
      'another thread (loop.import)'
  )
}

function capture(call: () => unknown): Returned {
  try {
    return { value: call() }
  } catch (error) {
    return { error }
  }
}

function promiseOf(returned: Returned): Promise<unknown> {
  return 'error' in returned ? Promise.reject(returned.error) : Promise.resolve(returned.value)
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}
