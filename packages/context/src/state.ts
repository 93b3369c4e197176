import { AsyncLocalStorage } from 'node:async_hooks'
import type { Entry } from './entry.js'

/** All variables that are set, by name. Never changed in place: every `run` makes a new one. */
export class Values implements Iterable<readonly [name: string, entry: Entry]> {
  /** Nothing is set. */
  static readonly none = new Values(new Map())
  readonly #entries: ReadonlyMap<string, Entry>
  /** What this call has of entries that it shares with others, once it has asked for them. */
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

  /** The same, and one more. */
  with(name: string, entry: Entry): Values {
    return new Values(new Map(this).set(name, entry))
  }

  *[Symbol.iterator](): Generator<readonly [name: string, entry: Entry]> {
    for (const name of this.#entries.keys()) yield [name, this.get(name) as Entry]
  }

  /** The same for other code of the same call's context: what it asks for is its own. */
  again(): Values {
    return new Values(this.#entries)
  }
}

interface State {
  storage?: AsyncLocalStorage<Values>
}

const SLOT = Symbol.for('@bridge/context')

// On globalThis, because the ESM and the CommonJS build of this package are two copies: a value that one of
// them sets must be there for code that imports the other.
const holder = globalThis as unknown as Record<symbol, State | undefined>
holder[SLOT] ??= {}
const state: State = holder[SLOT]

/** The variables that are set here; `undefined` where none ever was. */
export function setValues(): Values | undefined {
  return state.storage?.getStore()
}

/** The variables that are set here. */
export function currentValues(): Values {
  return setValues() ?? Values.none
}

/** Runs `fn` with exactly these variables set. */
export function runWith<R>(values: Values, fn: () => R): R {
  // Made on first use, so that importing the package costs a process that sets nothing no storage.
  state.storage ??= new AsyncLocalStorage<Values>()
  return state.storage.run(values, fn)
}
