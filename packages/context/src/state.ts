import { AsyncLocalStorage } from 'node:async_hooks'
import type { Entry } from './entry.js'

/** All variables that are set, by name. Never changed in place: every `run` makes a new one. */
export type Values = ReadonlyMap<string, Entry>

interface State {
  storage?: AsyncLocalStorage<Values>
}

const SLOT = Symbol.for('@bridge/context')
/** Nothing is set. */
export const NONE: Values = new Map()

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
  return setValues() ?? NONE
}

/** Runs `fn` with exactly these variables set. */
export function runWith<R>(values: Values, fn: () => R): R {
  // Made on first use, so that importing the package costs a process that sets nothing no storage.
  state.storage ??= new AsyncLocalStorage<Values>()
  return state.storage.run(values, fn)
}
