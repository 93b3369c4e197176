import { AsyncLocalStorage } from 'node:async_hooks'
import type { Entry } from './entry.js'

/** All variables that are set, by name. Immutable: every `run` makes a new object. */
export class Values implements Iterable<readonly [name: string, entry: Entry]> {
  /** No variable is set. */
  static readonly none = new Values(new Map())
  readonly #entries: ReadonlyMap<string, Entry>
  /** This call's own copies of shared entries, made on first use. */
  #own: Map<string, Entry> | undefined

  constructor(entries: ReadonlyMap<string, Entry>) {
    this.#entries = entries
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  get(name: string): Entry | undefined {
    const entry = this.#entries.get(name)
    if (entry?.isShared !== true) return entry
    this.#own ??= new Map()
    let own = this.#own.get(name)
    if (own === undefined) {
      own = entry.copy()
      this.#own.set(name, own)
    }
    return own
  }

  /** These variables and one more. */
  with(name: string, entry: Entry): Values {
    return new Values(new Map(this).set(name, entry))
  }

  *[Symbol.iterator](): Generator<readonly [name: string, entry: Entry]> {
    for (const name of this.#entries.keys()) yield [name, this.get(name) as Entry]
  }

  /** The same variables for another call with the same context, with copies of its own. */
  fresh(): Values {
    return new Values(this.#entries)
  }
}

interface State {
  storage?: AsyncLocalStorage<Values>
}

const SLOT = Symbol.for('@bridge/context')

// On globalThis, because the ESM and the CommonJS build of this package are two copies: code that imports one of them must
// see a value that the other has set.
const holder = globalThis as unknown as Record<symbol, State | undefined>
holder[SLOT] ??= {}
const state: State = holder[SLOT]

/** The current variables; `undefined` if none was ever set. */
export function setValues(): Values | undefined {
  return state.storage?.getStore()
}

/** The current variables. */
export function currentValues(): Values {
  return setValues() ?? Values.none
}

/** Runs `fn` with exactly these variables set. */
export function runWith<R>(values: Values, fn: () => R): R {
  return storage().run(values, fn)
}

/** Sets exactly these variables for the code that follows. */
export function enterValues(values: Values): void {
  storage().enterWith(values)
}

/** Made on first use, so that a process that only imports the package has no storage. */
function storage(): AsyncLocalStorage<Values> {
  state.storage ??= new AsyncLocalStorage<Values>()
  return state.storage
}
