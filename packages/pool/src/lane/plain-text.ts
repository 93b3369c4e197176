/**
 * From so many characters on, in all strings together, a message is cheaper: structured clone copies a string as it is, while
 * to JSON each character costs. Awaited and blocking, 1,000 characters cost 57 µs this way and 60 that way, 4,000 cost
 * 130 and 75, 20,000 cost 190 and 87; an object of 1.4 KB with 250 characters 150 and 240.
 */
const MOST_CHARACTERS = 1024

/** The most objects a value may consist of: to compare each with all others must stay cheap. */
const MOST_OBJECTS = 64

/** The longest array that is looked through. */
const LONGEST_ARRAY = 256

/**
 * The JSON of a small value that comes out of JSON as a structured clone would have come out of a message;
 * `undefined` for every other one: what holds a Date, `undefined`, a hole, NaN, a class's instance, one object twice,
 * or very much.
 */
export function plainText(value: unknown): string | undefined {
  try {
    return isPlain(value, { objects: [], characters: 0 }) ? JSON.stringify(value) : undefined
  } catch {
    // A getter that throws, which a message will tell of as it should.
    return undefined
  }
}

interface Seen {
  readonly objects: object[]
  characters: number
}

function isPlain(value: unknown, seen: Seen): boolean {
  switch (typeof value) {
    case 'boolean':
      return true
    case 'string':
      seen.characters += value.length
      return seen.characters < MOST_CHARACTERS
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
    case 'object':
      return value === null || isPlainObject(value, seen)
    default:
      return false
  }
}

function isPlainObject(value: object, seen: Seen): boolean {
  if (seen.objects.length === MOST_OBJECTS || seen.objects.includes(value)) return false
  seen.objects.push(value)
  // JSON would call it, also where it is hidden or comes from a prototype.
  if ((value as { toJSON?: unknown }).toJSON !== undefined) return false
  if (Array.isArray(value)) return isPlainArray(value, seen)
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  for (const key in value) if (!isPlain((value as Record<string, unknown>)[key], seen)) return false
  return true
}

function isPlainArray(value: readonly unknown[], seen: Seen): boolean {
  if (value.length > LONGEST_ARRAY) return false
  for (let index = 0; index < value.length; index++) if (!isPlain(value[index], seen)) return false
  // A clone would keep further properties, which JSON does not.
  return Object.keys(value).length === value.length
}
