import { clonedPartsOf, holds, isInstance, isPlain } from '../data.js'
import { NotCloneableError } from '../errors/errors.js'
import { types } from '../node.js'
import { markOf } from '../object/marks.js'
import { referenceTo } from '../object/object-reference.js'
import { pathOf } from './clone-path.js'
import { warnOfInstance } from './instance-warning.js'

/*
 * A structured clone makes `{}` of a URL on Node 20 and refuses one on Node 22, makes a Uint8Array of a Buffer, and
 * sends the whole 8 KB pool that contains a Buffer of 3 bytes, including secrets in other Buffers. The kinds listed
 * here are sent unchanged, by a reference beside the data; the kinds that can't be sent are refused by name and path,
 * on every Node.
 */

/** What is sent for a value that a structured clone would change. */
export type LostOnWire =
  | readonly [kind: 'url', href: string]
  | readonly [kind: 'params', text: string]
  | readonly [kind: 'headers', entries: readonly (readonly [name: string, value: string])[]]
  | readonly [kind: 'buffer', bytes: Uint8Array]
  | readonly [kind: 'view', view: ArrayBufferView]
  | readonly [kind: 'file', content: Blob, name: string, type: string, lastModified: number]
  | readonly [kind: 'exception', message: string, name: string, stack: string | undefined]

const KINDS: readonly string[] = ['url', 'params', 'headers', 'buffer', 'view', 'file', 'exception']

/** Kinds that are bound to their thread. */
const REFUSED: readonly string[] = [
  'Response',
  'Request',
  'FormData',
  'AbortSignal',
  'AbortController',
  'WebSocket',
  'EventSource'
]

let clones: { readonly file: boolean; readonly exception: boolean } | undefined

/** The kinds that this runtime's structured clone keeps: Node 20 keeps neither. */
function cloned(): NonNullable<typeof clones> {
  clones ??= {
    file: typeof File === 'undefined' || structuredClone(new File([], '')) instanceof File,
    exception: structuredClone(new DOMException('')) instanceof DOMException
  }
  return clones
}

/** The prototypes of inspected instances that consist only of their fields. */
const ordinary = new WeakSet<object>()

/** Whether an instance with this prototype is known to consist only of its fields. */
export function isOrdinary(prototype: object): boolean {
  return ordinary.has(prototype)
}

/** Whether a structured clone would lose it, or it is refused: anything that is not cloned unchanged. */
export function isLost(value: object): boolean {
  if (Array.isArray(value) || isPlain(value)) return false
  if (ArrayBuffer.isView(value)) return isBuffer(value) || isPart(value)
  if (!isInstance(value) && !isException(value)) return false
  // A remote object's stub answers to any name, and a marked value stays where it is.
  if (referenceTo(value) !== undefined || markOf(value) !== undefined) return false
  switch (kindOf(value)) {
    case 'URL':
    case 'URLSearchParams':
    case 'Headers':
      return true
    case 'File':
      return !cloned().file
    case 'DOMException':
      return !cloned().exception
    default:
      if (isRefused(value)) return true
      // A value that only has the name of a kind must not make other instances ordinary.
      if (tagOf(value) in looksLike) return false
      warnOfInstance(value)
      ordinary.add(Object.getPrototypeOf(value) as object)
      return false
  }
}

/**
 * Returns what is sent for each value that would be lost, in one message that contains `value`; called for each object
 * in it. What is in `transferList` is not copied.
 *
 * @throws NotCloneableError (naming the function `where`) for what can't cross, with its path.
 * @example
 * ```ts
 * const lost = lostIn('hash()', 'args', args, transferList)
 * const sent = refer(args, one => objects.get(one) ?? lost(one))
 * ```
 */
export function lostIn(
  where: string,
  what: string,
  value: unknown,
  transferList: readonly unknown[] = []
): (one: object) => LostOnWire | undefined {
  let shared: Set<object> | undefined
  const isShared = (view: ArrayBufferView): boolean => {
    if (transferList.includes(view.buffer)) return true
    shared ??= sharedBuffers(value)
    return shared.has(view.buffer)
  }
  return one => {
    if (!isLost(one)) return undefined
    if (ArrayBuffer.isView(one)) return viewOnWire(one, isShared)
    const encoded = onWire(one)
    if (encoded === undefined) throw refused(where, what, value, one)
    return encoded
  }
}

/** Whether a reference is one of `lostIn()`. */
export function isLostOnWire(reference: unknown): reference is LostOnWire {
  return Array.isArray(reference) && KINDS.includes(reference[0] as string)
}

/**
 * The value that a reference represents. For authors of executors.
 *
 * @throws TypeError when it is not such a reference.
 */
export function restoreLost(reference: LostOnWire): object {
  switch (reference[0]) {
    case 'url':
      return new URL(reference[1])
    case 'params':
      return new URLSearchParams(reference[1])
    case 'headers':
      return new Headers(reference[1] as [string, string][])
    case 'buffer':
      return Buffer.from(reference[1].buffer, reference[1].byteOffset, reference[1].byteLength)
    case 'view':
      return reference[1]
    case 'file': {
      const [, content, name, type, lastModified] = reference
      return new File([content], name, { type, lastModified })
    }
    case 'exception': {
      const [, message, name, stack] = reference
      return Object.defineProperty(new DOMException(message, name), 'stack', {
        value: stack,
        configurable: true,
        writable: true
      })
    }
    default:
      throw new TypeError('a reference in a received message is of an unknown kind')
  }
}

function onWire(value: object): LostOnWire | undefined {
  switch (kindOf(value)) {
    case 'URL':
      return ['url', (value as URL).href]
    case 'URLSearchParams':
      return ['params', (value as URLSearchParams).toString()]
    case 'Headers':
      return ['headers', [...(value as Headers)]]
    case 'File': {
      const { name, type, lastModified } = value as File
      return ['file', value as File, name, type, lastModified]
    }
    case 'DOMException': {
      const { message, name, stack } = value as DOMException
      return ['exception', message, name, stack]
    }
    default:
      return undefined
  }
}

function viewOnWire(
  view: ArrayBufferView,
  isShared: (view: ArrayBufferView) => boolean
): LostOnWire | undefined {
  const mustCopy = isPart(view) && !isShared(view)
  if (isBuffer(view)) {
    return [
      'buffer',
      mustCopy ? new Uint8Array(view) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    ]
  }
  return mustCopy ? ['view', copyOfPart(view)] : undefined
}

function copyOfPart(view: ArrayBufferView): ArrayBufferView {
  const bytes = new Uint8Array(view.byteLength)
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
  // The built-in class, as in a clone: a subclass of an application may be constructed in another way.
  const name = (view as Partial<Uint8Array>)[Symbol.toStringTag] ?? 'DataView'
  const View = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[name]
  return View === undefined ? view : new View(bytes.buffer)
}

function isBuffer(view: ArrayBufferView): view is Buffer {
  return typeof Buffer === 'function' && Buffer.isBuffer(view)
}

/** A DOMException counts as an error, not as an instance of a class. */
function isException(value: object): boolean {
  return value instanceof Error && kindOf(value) === 'DOMException'
}

/** Whether its buffer holds more than it shows. Shared memory is shared, whatever its size. */
function isPart(view: ArrayBufferView): boolean {
  return view.byteLength !== view.buffer.byteLength && types.isArrayBuffer(view.buffer)
}

/** The buffers that several views of the message show, or that are in the message themselves. */
function sharedBuffers(value: unknown): Set<object> {
  const views = new Map<object, ArrayBufferView[]>()
  const shared = new Set<object>()
  const look = (one: object): boolean => {
    if (types.isArrayBuffer(one)) shared.add(one)
    if (!ArrayBuffer.isView(one)) return false
    const known = views.get(one.buffer)
    if (known === undefined) views.set(one.buffer, [one])
    else known.push(one)
    return false
  }
  holds(value, look, clonedPartsOf)
  for (const [buffer, all] of views) if (areShared(all)) shared.add(buffer)
  return shared
}

/** Small Buffers share Node's own pool without being related: they share memory only if they overlap. */
function areShared(views: ArrayBufferView[]): boolean {
  if (views.length === 1) return false
  if (!views.every(isBuffer)) return true
  views.sort((one, other) => one.byteOffset - other.byteOffset)
  let end = 0
  for (const { byteOffset, byteLength } of views) {
    if (byteOffset < end) return true
    end = byteOffset + byteLength
  }
  return false
}

/** The name of its kind, of any realm; a value that only claims that name is treated as an object. */
function kindOf(value: object): string {
  const name = tagOf(value)
  try {
    return looksLike[name]?.(value as never) === false ? 'Object' : name
  } catch {
    // The getters of its prototype throw for it.
    return 'Object'
  }
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

const looksLike: Readonly<Record<string, (value: never) => boolean>> = {
  URL: ({ href }: Partial<URL>) => typeof href === 'string' && URL.canParse(href),
  URLSearchParams: (value: Partial<URLSearchParams>) => typeof value.has?.('') === 'boolean',
  Headers: (value: Partial<Headers>) =>
    typeof value.has?.('a') === 'boolean' && typeof value[Symbol.iterator] === 'function',
  File: (value: Blob) => value instanceof Blob && typeof value.size === 'number'
}

/** Whether it is bound to its thread, so that no other thread can use it. */
export function isRefused(value: object): boolean {
  if (REFUSED.includes(kindOf(value))) return true
  const { pipe, on } = value as { pipe?: unknown; on?: unknown }
  return typeof pipe === 'function' && typeof on === 'function'
}

function refused(where: string, what: string, value: unknown, one: object): NotCloneableError {
  const place = pathOf(value, what, part => part === one) ?? what
  return new NotCloneableError(
    `${where}: ${place} (${nameOf(one)}) can't be sent to another thread: it belongs to the thread that made it; send the data that is needed`
  )
}

/** The class name of a refused value. */
export function nameOf(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? kindOf(value)
}
