import { checkObject } from '../check.js'
import { inspect } from '../node.js'
import { shared } from '../shared.js'
import { addCrossedClasses } from './crossed-classes.js'
import { baseClass, classesOf, type EncodedClasses, nearestClass } from './error-classes.js'
import { isError } from './is-error.js'
import { isLostOnWire, type LostOnWire, lostIn, restoreLost } from './lost-kinds.js'
import { dereference, type Placed, refer } from './references.js'
import { userStack, withStackLimit } from './stack.js'
import { provideThrownCodec } from './thrown-codec.js'

/** An encoded part of an error: the number of an error, a list of parts, or data, which may contain errors. */
export type EncodedPart = { readonly error: number } | { readonly list: readonly EncodedPart[] } | Data

interface Data {
  readonly value: unknown
  /** The places of the errors in it, by their numbers, and of its references, by `REFERENCES` and lower numbers. */
  readonly places?: readonly Placed<number>[]
}

/** An encoded error, as plain data for structured clone. */
export interface EncodedError extends EncodedClasses {
  /** The name of its own class. */
  readonly className: string
  readonly name: string | undefined
  readonly message: string
  readonly stack: string | undefined
  /** Own properties, and properties that errors have without listing them, such as `cause`. */
  readonly properties: readonly (readonly [key: string, part: EncodedPart, isEnumerable: boolean])[]
  /** Marks a DOMException, which is created from its message and name; a QuotaExceededError also from its limits. */
  readonly dom: { readonly quota?: object } | undefined
}

/**
 * An encoded thrown value of any type. The errors in it are listed once each, so that neither cycles nor long chains
 * make it deep.
 */
export type EncodedThrown = (
  | {
      readonly error: EncodedError
      /** The errors in it, whose numbers begin at 1. */
      readonly others: readonly EncodedError[]
    }
  | {
      readonly value: unknown
      /** The places of the errors in the value, and all errors, whose numbers begin at 0. */
      readonly places?: readonly Placed<number>[]
      readonly others?: readonly EncodedError[]
    }
) & {
  /**
   * What its parts refer to: values that a structured clone would lose, and an executor's objects and callbacks. The
   * executor replaces its own references with live values before decoding.
   */
  readonly references?: readonly unknown[]
}

/** Recognizes what stays on the throwing thread, and returns a reference to it. */
export interface StaysThrown {
  readonly referenceOf: (value: object) => unknown
  readonly isKept: (value: object) => boolean
}

const MAX_STACK = 64 * 1024
/** How deeply errors may be nested: a getter can create them endlessly. */
const MAX_DEPTH = 1000
const MAX_ERRORS = 25_000
/** The number used where errors were left out. */
const LEFT_OUT = -1
/** The number of the first reference; the others count down from it. */
const REFERENCES = -2

/** Properties that are sent separately. A `name` that was assigned is an own property like any other. */
const SKIPPED = new Set(['message', 'stack'])
/** Non-enumerable properties of errors; the first two are those of a SuppressedError. */
const HIDDEN = ['error', 'suppressed', 'cause', 'errors']

/** Newer Node versions have it. */
const { QuotaExceededError } = globalThis as {
  QuotaExceededError?: new (message: string, limits: object) => DOMException
}

/** The classes that a restored error had where it was thrown, if they are unknown here: it may be sent again. */
const origins = shared(
  '@bridge/core/error-origins',
  () => new WeakMap<object, EncodedClasses & { readonly name: string | undefined; readonly shown: string }>()
)

/**
 * Encodes any thrown value; it never throws itself, whatever getters and proxies it reads. `stays` recognizes parts of
 * an error that are sent as references instead of copies. Errors beyond 25,000, and errors nested more than 1,000 deep,
 * are replaced by an error that says they were left out.
 *
 * @example
 * ```ts
 * try { port.postMessage({ value: await run() }) } catch (error) { port.postMessage({ thrown: encodeThrown(error) }) }
 * ```
 */
export function encodeThrown(thrown: unknown, stays?: StaysThrown): EncodedThrown {
  return new Encoding(stays).encode(thrown)
}

/**
 * The names of the classes that a received error had where it was thrown, the nearest first, without the built-in ones.
 * For code that needs to know more about an error than its class on this thread shows.
 *
 * @example
 * ```ts
 * const isHttp = classNamesOf(error).includes('HttpException')
 * ```
 */
export function classNamesOf(error: Error): readonly string[] {
  return (origins.get(error) ?? encodedClasses(error)).classes.map(([name]) => name as string)
}

class Encoding {
  readonly #stays: StaysThrown | undefined
  readonly #references: unknown[] = []
  readonly #numbers = new Map<Error, number>()
  readonly #depths: number[] = []
  readonly #errors: EncodedError[] = []

  constructor(stays: StaysThrown | undefined) {
    this.#stays = stays
  }

  encode(value: unknown): EncodedThrown {
    const thrown = this.#part(value, 0)
    // The map grows during the iteration.
    for (const [error, number] of this.#numbers) {
      this.#errors[number] = this.#error(error, (this.#depths[number] as number) + 1)
    }
    const [error, ...others] = this.#errors
    const encoded = 'error' in thrown ? { error: error as EncodedError, others } : this.#value(thrown as Data)
    return this.#references.length === 0 ? encoded : { ...encoded, references: this.#references }
  }

  #value({ value, places }: Data): EncodedThrown {
    return places === undefined ? { value } : { value, places, others: this.#errors }
  }

  #part(value: unknown, depth: number): EncodedPart {
    if (isError(value)) return { error: this.#number(value, depth) }
    if (isPrimitive(value)) return { value }
    return attempt(() => this.#data(value, depth)) ?? { value: shown(value) }
  }

  #data(value: unknown, depth: number): EncodedPart {
    const lost = lostIn('an error', 'data', value)
    const sent = refer(value, one => this.#numberOf(one, depth, lost), this.#stays?.isKept)
    return sent === undefined
      ? { value: structuredClone(value) }
      : { value: structuredClone(sent.data), places: sent.references }
  }

  #numberOf(
    value: object,
    depth: number,
    lost: (value: object) => LostOnWire | undefined
  ): number | undefined {
    if (isError(value)) return this.#number(value, depth)
    const reference = this.#stays?.referenceOf(value) ?? lost(value)
    return reference === undefined ? undefined : REFERENCES + 1 - this.#references.push(reference)
  }

  #number(error: Error, depth: number): number {
    const known = this.#numbers.get(error)
    if (known !== undefined) return known
    const { size } = this.#numbers
    if (depth > MAX_DEPTH || size >= MAX_ERRORS) return LEFT_OUT
    this.#numbers.set(error, size)
    this.#depths.push(depth)
    return size
  }

  #error(error: Error, depth: number): EncodedError {
    const origin = origins.get(error)
    const name = textOf(read(error, 'name'))
    const { classes, base } = origin ?? encodedClasses(error)
    return {
      className: classes[0]?.[0] || base,
      classes,
      base,
      name: origin !== undefined && name === origin.shown ? origin.name : name,
      message: textOf(read(error, 'message')) ?? '',
      stack: textOf(read(error, 'stack'))?.slice(0, MAX_STACK),
      properties: this.#properties(error, depth),
      dom: attempt(() => encodedDom(error))
    }
  }

  #properties(error: Error, depth: number): [string, EncodedPart, boolean][] {
    const properties: [string, EncodedPart, boolean][] = []
    const keys = attempt(() => Object.keys(error)) ?? []
    for (const key of keys) {
      if (SKIPPED.has(key)) continue
      const own = attempt(() => ({ value: (error as unknown as Record<string, unknown>)[key] }))
      if (own !== undefined) properties.push([key, this.#property(key, own.value, depth), true])
    }
    for (const key of HIDDEN) {
      const hidden = keys.includes(key) ? undefined : attempt(() => hiddenOf(error, key))
      if (hidden !== undefined) properties.push([key, this.#property(key, hidden.value, depth), false])
    }
    return properties
  }

  #property(key: string, value: unknown, depth: number): EncodedPart {
    if (key !== 'errors' || !Array.isArray(value)) return this.#part(value, depth)
    return attempt(() => ({ list: this.#list(value, depth) })) ?? { value: shown(value) }
  }

  /** Encoded one by one: an element that can't be sent must not affect the others. */
  #list(values: readonly unknown[], depth: number): EncodedPart[] {
    const list = values.slice(0, MAX_ERRORS).map(value => this.#part(value, depth))
    if (values.length > MAX_ERRORS) list.push({ error: LEFT_OUT })
    return list
  }
}

/**
 * Restores a thrown value. `stackTail` is appended to the stack of the outermost error: the frames of the receiving
 * thread (`callerFrames()`).
 *
 * @example
 * ```ts
 * port.on('message', ({ thrown, value }) => (thrown === undefined ? resolve(value) : reject(decodeThrown(thrown))))
 * ```
 */
export function decodeThrown(encoded: EncodedThrown, stackTail = ''): unknown {
  checkObject('decodeThrown()', 'encoded', encoded)
  const isOne = 'error' in encoded
  const errors = isOne ? [encoded.error, ...encoded.others] : (encoded.others ?? [])
  const restored = errors.map(blank)
  const errorOf = (number: number): Error => restored[number] ?? leftOut()
  const standing = (number: number): unknown =>
    number <= REFERENCES ? referredTo(encoded.references?.[REFERENCES - number]) : errorOf(number)
  const live = (part: EncodedPart): unknown => {
    if ('error' in part) return errorOf(part.error)
    if ('list' in part) return part.list.map(live)
    if (part.places === undefined) return part.value
    return dereference({ data: part.value, references: part.places }, standing)
  }
  for (const [number, error] of errors.entries()) {
    const target = errorOf(number)
    const stack = error.stack ?? `${error.name ?? error.className}: ${error.message}`
    // Redefining the existing property would make the user's prepareStackTrace compute it.
    Reflect.deleteProperty(target, 'stack')
    define(target, 'stack', userStack(stack) + (isOne && number === 0 ? stackTail : ''))
    for (const [key, part, isEnumerable] of error.properties) {
      define(target, key, live(part), isEnumerable)
    }
  }
  return live(isOne ? { error: 0 } : encoded)
}

function referredTo(one: unknown): unknown {
  return isLostOnWire(one) ? restoreLost(one) : one
}

function leftOut(): Error {
  return withoutFrames(
    `errors were left out here: at most ${MAX_ERRORS} are sent at once, nested at most ${MAX_DEPTH} deep`
  )
}

/** An error of the class, with only the message. */
function blank(error: EncodedError): Error {
  const nearest = nearestClass(error)
  const made = error.dom ? domException(error) : withoutFrames(error.message)
  const Class = nearest?.Class ?? (error.dom ? undefined : baseClass(error))
  if (Class !== undefined) Object.setPrototypeOf(made, Class.prototype as object)
  const { className, classes, base, name } = error
  let shown = name ?? className
  // An unregistered class is lost, but its name is kept where people look for it.
  if (nearest?.isOwn !== true && shown === base) shown = className
  const hasName = error.dom || error.properties.some(([key]) => key === 'name')
  if (!hasName && attempt(() => made.name) !== shown) define(made, 'name', shown)
  addCrossedClasses(made, classes)
  if (nearest?.isOwn !== true && classes.length > 0) origins.set(made, { classes, base, name, shown })
  return made
}

function domException({ name, message, dom }: EncodedError): DOMException {
  return withStackLimit(0, () =>
    dom?.quota !== undefined && QuotaExceededError !== undefined
      ? new QuotaExceededError(message, dom.quota)
      : new DOMException(message, name)
  )
}

/**
 * It gets the stack that was sent; its own frames would hold everything they reference for as long as the error lives.
 */
function withoutFrames(message: string): Error {
  return withStackLimit(0, () => new Error(message))
}

function encodedClasses(error: object): EncodedClasses {
  return attempt(() => classesOf(error)) ?? { classes: [], base: 'Error' }
}

function encodedDom(error: Error): EncodedError['dom'] {
  if (!(error instanceof DOMException)) return undefined
  if (QuotaExceededError === undefined || !(error instanceof QuotaExceededError)) return {}
  const limits = ['quota', 'requested'].map(key => [key, read(error, key)])
  return { quota: Object.fromEntries(limits.filter(([, limit]) => limit !== null)) as object }
}

/** The property named in `HIDDEN`, if it is one that errors have. */
function hiddenOf(error: Error, key: string): { readonly value: unknown } | undefined {
  if (key === 'cause' ? !(key in error) : key !== 'errors' && !Object.hasOwn(error, key)) return undefined
  const value = (error as unknown as Record<string, unknown>)[key]
  return key === 'errors' && !Array.isArray(value) ? undefined : { value }
}

function isPrimitive(value: unknown): boolean {
  const type = typeof value
  return value === null || (type !== 'object' && type !== 'function' && type !== 'symbol')
}

/** A readable text for a value that can't be sent. */
function shown(value: unknown): string {
  return attempt(() => inspect(value, { depth: 1 })) ?? '[unreadable value]'
}

function read(error: Error, key: string): unknown {
  return attempt(() => (error as unknown as Record<string, unknown>)[key])
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

function define(target: object, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(target, key, { value, enumerable, configurable: true, writable: true })
}

provideThrownCodec({ encodeThrown, decodeThrown })
