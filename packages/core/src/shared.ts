/**
 * State that every copy of a package in this process must see: the ESM and the CommonJS build of one package
 * are two module instances, and a registry held by only one of them would lose what the other registered.
 */
export function shared<T>(key: string, make: () => T): T {
  const slot = Symbol.for(key)
  const holder = globalThis as unknown as Record<symbol, T | undefined>
  holder[slot] ??= make()
  return holder[slot]
}

/** Whether `value` is an object with this mark, by which every copy of a package knows what another has made. */
export function isMarked(value: unknown, mark: symbol): boolean {
  return typeof value === 'object' && value !== null && mark in value
}
