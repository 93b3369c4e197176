import { InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkOptions, refuse } from '@bridge/core/internal'
import { CARRIED } from './carrier.js'
import { Entry } from './entry.js'
import { currentValues, runWith } from './state.js'
import { withoutOwnFrames } from './without-own-frames.js'

/** A variable that follows the code that runs: through `await`, into workers, into every step of a stream. */
export interface Context<T, Absent = undefined> {
  /** Identifies the variable on its way to other threads. */
  readonly name: string
  /** The current value; if none is set, the `initial` value, or `undefined`. */
  get(): T | Absent
  /**
   * Runs `fn` with the value set, and returns what `fn` returns.
   *
   * @throws InvalidArgumentError when `fn` is not a function.
   */
  run<R>(value: T, fn: () => R): R
}

/** Options of `createContext`. */
export interface ContextOptions<T> {
  /** What `get()` returns if nothing is set. */
  readonly initial?: T
  /** Keeps the value on its thread: for values that cannot be cloned and are not needed on other threads, such as a logger. */
  readonly local?: boolean
  /** Converts a value that cannot be cloned, or that would lose its class, into one that can. */
  readonly encode?: (value: T) => unknown
  /** The inverse of `encode`; runs at the first `get()` on the receiving thread. */
  readonly decode?: (wire: unknown) => T
}

const OPTIONS = ['initial', 'local', 'encode', 'decode'] as const
type Options = ContextOptions<unknown>

// For this copy of the package only, so that the ESM and the CommonJS copy of an application's module may both create
// their variable.
const created = new Map<string, { readonly context: Context<unknown>; readonly options: Options }>()

/**
 * Creates a variable that every bridge call carries to where its function runs. Put it in a module that the caller and the
 * tasks both import. A second call with the same options returns the same variable.
 *
 * @throws InvalidArgumentError when the name is empty, an option is invalid, or a variable with the same name and other
 * options exists.
 * @example
 * ```ts
 * export const tenant = createContext<string>('tenant')
 *
 * tenant.run('acme', async () => {
 *   await tasks.report() // tenant.get() is 'acme' in the worker too
 * })
 * ```
 */
export function createContext<T>(
  name: string,
  options: ContextOptions<T> & { readonly initial: T }
): Context<T, T>
export function createContext<T>(name: string, options?: ContextOptions<T>): Context<T>
export function createContext<T>(name: string, options: ContextOptions<T> = {}): Context<T> {
  if (typeof name !== 'string' || name === '')
    refuse('createContext()', 'name must be a string that is not empty', name)
  if (name === CARRIED) refuse('createContext()', `name must not be '${CARRIED}', which is reserved`, name)
  checkContextOptions(options as Options)
  const known = created.get(name)
  if (known === undefined) {
    const context = new Variable<T>(name, options)
    created.set(name, { context: context as Context<unknown>, options: options as Options })
    return context
  }
  const differs = OPTIONS.find(key => !Object.is(known.options[key], (options as Options)[key]))
  if (differs === undefined) return known.context as Context<T>
  throw new InvalidArgumentError(
    `createContext(): there is a context '${name}' already, with another '${differs}'; import it from its ` +
      'module, or choose another name'
  )
}

class Variable<T> implements Context<T> {
  readonly name: string
  readonly #options: ContextOptions<T>

  constructor(name: string, options: ContextOptions<T>) {
    this.name = name
    this.#options = options
  }

  get(): T | undefined {
    const entry = currentValues().get(this.name)
    return entry === undefined ? this.#options.initial : (entry.read(this.#options) as T)
  }

  run<R>(value: T, fn: () => R): R {
    checkFunction(`The context '${this.name}'`, 'fn', fn)
    const entry = Entry.of(value, this.#options.local === true, this.#options)
    return withoutOwnFrames(() => runWith(currentValues().with(this.name, entry), fn))
  }
}

function checkContextOptions(options: Options): void {
  const where = 'createContext()'
  checkOptions(where, options ?? null, OPTIONS)
  if (options.local !== undefined && typeof options.local !== 'boolean') {
    refuse(where, 'local must be true or false', options.local)
  }
  if (options.encode !== undefined) checkFunction(where, 'encode', options.encode)
  if (options.decode !== undefined) checkFunction(where, 'decode', options.decode)
}
