type AnyFunction = (...args: never[]) => unknown

/**
 * Gives a wrapper the name and length of the function that it wraps: frameworks read both, as Express does to recognize
 * an error handler by its four parameters.
 *
 * @example
 * ```ts
 * return copyNameAndLength(fn, function (this: unknown, ...args) { return Reflect.apply(fn, this, args) })
 * ```
 */
export function copyNameAndLength<W extends AnyFunction>(fn: AnyFunction, wrapper: W): W {
  for (const key of ['name', 'length'] as const) {
    Object.defineProperty(wrapper, key, { value: fn[key], configurable: true })
  }
  return wrapper
}
