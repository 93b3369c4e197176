/** A Proxy that shows what `get` finds, and can't be changed. `inspect` looks through it at its target. */
export function readOnly<T extends object>(target: T, get: NonNullable<ProxyHandler<T>['get']>): T {
  const no = (): boolean => false
  return new Proxy(target, { get, set: no, defineProperty: no, deleteProperty: no })
}
