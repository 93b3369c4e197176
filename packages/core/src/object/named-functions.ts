type AnyFunction = (...args: unknown[]) => unknown

/** So many names are remembered at least, and twice as many at most: any text may be a name, also one made up. */
const MOST_NAMES = 1000

/** One function for each name, made when it is first asked for; of very many names, those that were used lately. */
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
