type AnyFunction = (...args: unknown[]) => unknown

/** One function for each name, made when it is first asked for. */
export function namedFunctions(make: (name: string) => AnyFunction): (name: string) => AnyFunction {
  const functions = new Map<string, AnyFunction>()
  return name => {
    let fn = functions.get(name)
    if (fn === undefined) {
      fn = Object.defineProperty(make(name), 'name', { value: name, configurable: true })
      functions.set(name, fn)
    }
    return fn
  }
}
