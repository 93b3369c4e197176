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
