/**
 * State that every copy of a package in this process must share: the ESM and the CommonJS build of one package are two
 * module instances, and a registry in only one of them would not contain what the other registered.
 */
export function shared<T>(key: string, make: () => T): T {
  const slot = Symbol.for(key)
  const holder = globalThis as unknown as Record<symbol, T | undefined>
  holder[slot] ??= make()
  return holder[slot]
}

/**
 * Whether `value` is an object with this mark, by which every copy of a package recognizes objects made by another
 * copy.
 */
export function isMarked(value: unknown, mark: symbol): boolean {
  return typeof value === 'object' && value !== null && mark in value
}
