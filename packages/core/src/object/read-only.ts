import { inspect } from '../node.js'

/** An immutable Proxy whose properties are read by `get`, and which is printed by `print`. */
export function readOnly(print: () => string, get: (key: string | symbol) => unknown): object {
  const no = (): boolean => false
  const target = Object.create(null, { [inspect.custom]: { value: print } }) as object
  return new Proxy(target, {
    get: (_, key) => (key === inspect.custom ? print : get(key)),
    set: no,
    defineProperty: no,
    deleteProperty: no
  })
}
