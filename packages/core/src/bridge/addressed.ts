import { shared } from '../shared.js'

type AnyFunction = (...args: never[]) => unknown

// Shared, because the host that looks a function up may use another copy of core than the code that addressed it.
const functions = shared('@bridge/core/addressed', () => new Map<string, AnyFunction>())

/** Registers a function by module and name, so that it is found wherever that module is imported. */
export function address(module: string, name: string, fn: AnyFunction): void {
  functions.set(`${module} ${name}`, fn)
}

/** The function that its module has registered under this name. */
export function addressed(module: string | undefined, name: string): AnyFunction | undefined {
  return functions.get(`${module} ${name}`)
}
