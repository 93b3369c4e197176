type AnyFunction = (...args: unknown[]) => unknown

/** At least this many names are cached, and at most twice as many: any string may be a name, including a made-up one. */
const MOST_NAMES = 1000

/**
 * One function for each name, created when it is first requested; if there are very many names, the recently used ones
 * are cached.
 */
export function namedFunctions(make: (name: string) => AnyFunction): (name: string) => AnyFunction {
  let functions = new Map<string, AnyFunction>()
  let older: Map<string, AnyFunction> | undefined
  return name => {
    const known = functions.get(name)
    if (known !== undefined) return known
    const fn =
      older?.get(name) ?? Object.defineProperty(make(name), 'name', { value: name, configurable: true })
    if (functions.size === MOST_NAMES) {
      older = functions
      functions = new Map()
    }
    functions.set(name, fn)
    return fn
  }
}
