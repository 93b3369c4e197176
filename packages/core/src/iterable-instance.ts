/**
 * Whether an iterable is an instance of a user's class that has no data to copy, so that its items are its whole
 * content. Platform objects, collections and instances of their subclasses are not; they are recognized by name, which
 * includes those of other realms.
 */
export function isIterableInstance(value: object): boolean {
  const Class = ownConstructor(prototypeOf(value))
  if (Class === undefined || Class.name === 'Object') return false
  for (let one = prototypeOf(value); one !== null; one = prototypeOf(one)) {
    const name: unknown = ownConstructor(one)?.name
    if (name !== 'Object' && isGlobalClass(name)) return false
  }
  // Last: a large typed array, which has a key for each item, has already been recognized by name.
  return Object.keys(value).length === 0
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null
}

/** Without running a getter of the user. */
function ownConstructor(prototype: object | null): { readonly name?: unknown } | undefined {
  if (prototype === null) return undefined
  const found: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  return typeof found === 'function' ? found : undefined
}

function isGlobalClass(name: unknown): boolean {
  return typeof name === 'string' && typeof (globalThis as Record<string, unknown>)[name] === 'function'
}
