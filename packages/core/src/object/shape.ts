/** The members of an object, for presenting it as a plain object. */
export interface Shape {
  readonly methods: readonly string[]
  /** Accessors of its classes. */
  readonly accessors: readonly string[]
  /** Its own properties. */
  readonly fields: readonly string[]
  readonly isIterable: boolean
}

/** Inspects an object and its classes, without the built-in ones. */
export function shapeOf(object: object): Shape {
  const methods = new Set<string>()
  const accessors = new Set<string>()
  const fields: string[] = []
  for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
    if (typeof value === 'function') methods.add(key)
    else fields.push(key)
  }
  for (let one = prototypeOf(object); one !== null && prototypeOf(one) !== null; one = prototypeOf(one)) {
    for (const [key, { value, get, set }] of Object.entries(Object.getOwnPropertyDescriptors(one))) {
      if (key === 'constructor') continue
      if (typeof value === 'function') methods.add(key)
      else if (get !== undefined || set !== undefined) accessors.add(key)
    }
  }
  return {
    methods: [...methods],
    accessors: [...accessors],
    fields,
    isIterable: Symbol.iterator in object || Symbol.asyncIterator in object
  }
}

/** The name of an object's class, for messages. */
export function nameOfClass(object: object): string {
  const name: unknown = (object as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' ? name : 'object'
}

function prototypeOf(object: object): object | null {
  return Object.getPrototypeOf(object) as object | null
}
