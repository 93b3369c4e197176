import { clonedPartsOf, holds, isInstance, isPlain } from '../data.js'
import { NotCloneableError } from '../errors/errors.js'
import { types } from '../node.js'
import { markOf } from '../object/marks.js'
import { referenceTo } from '../object/object-reference.js'
import { placeOf } from './clone-path.js'
import { warnOfInstance } from './instance-warning.js'

/*
 * A structured clone makes `{}` of a URL on Node 20 and refuses one on Node 22, gives a Uint8Array for a Buffer, and takes
 * all 8 KB of the pool along that a Buffer of 3 bytes lies in, a neighbour's secrets among them. What stands here crosses
 * as what it is, by a reference beside the data; what can't is refused by its name and place, on every Node.
 */

/** What travels for a value that a structured clone would make something else of. */
export type LostOnWire =
  | readonly [kind: 'url', href: string]
  | readonly [kind: 'params', text: string]
  | readonly [kind: 'headers', entries: readonly (readonly [name: string, value: string])[]]
  | readonly [kind: 'buffer', bytes: Uint8Array]
  | readonly [kind: 'view', view: ArrayBufferView]
  | readonly [kind: 'file', content: Blob, name: string, type: string, lastModified: number]
  | readonly [kind: 'exception', message: string, name: string, stack: string | undefined]

const KINDS: readonly string[] = ['url', 'params', 'headers', 'buffer', 'view', 'file', 'exception']

/** What is bound to its thread. */
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

/** What this runtime's structured clone keeps: Node 20 does neither. */
function cloned(): NonNullable<typeof clones> {
  clones ??= {
    file: typeof File === 'undefined' || structuredClone(new File([], '')) instanceof File,
    exception: structuredClone(new DOMException('')) instanceof DOMException
  }
  return clones
}

/** The prototypes of instances that were looked at, and are no more than their fields. */
const ordinary = new WeakSet<object>()

/** Whether an instance with this prototype is known to be no more than its fields. */
export function isOrdinary(prototype: object): boolean {
  return ordinary.has(prototype)
}

/** Whether it would be lost by a structured clone, or is refused: anything but what clones as it is. */
export function isLost(value: object): boolean {
  if (Array.isArray(value) || isPlain(value)) return false
  if (ArrayBuffer.isView(value)) return isBuffer(value) || isPart(value)
  if (!isInstance(value) && !isException(value)) return false
  // A remote object's face answers to any name, and what is marked stays where it is.
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
      // One that only calls itself so must not make those ordinary that are.
      if (tagOf(value) in looksLike) return false
      warnOfInstance(value)
      ordinary.add(Object.getPrototypeOf(value) as object)
      return false
  }
}

/**
 * What stands for each value that would be lost, in one message that is about `value`; asked of each object in it. What
 * is in `moves` is not copied.
 *
 * @throws NotCloneableError (the function that is given) for what can't cross, with its place.
 * @example
 * ```ts
 * const lost = lostIn('hash()', 'args', args, moves)
 * const sent = refer(args, one => objects.get(one) ?? lost(one))
 * ```
 */
export function lostIn(
  where: string,
  what: string,
  value: unknown,
  moves: readonly unknown[] = []
): (one: object) => LostOnWire | undefined {
  let shared: Set<object> | undefined
  const isShared = (view: ArrayBufferView): boolean => {
    if (moves.includes(view.buffer)) return true
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

/** Whether a reference is one of those. */
export function isLostOnWire(reference: unknown): reference is LostOnWire {
  return Array.isArray(reference) && KINDS.includes(reference[0] as string)
}

/**
 * What a reference stood for. For authors of executors.
 *
 * @throws TypeError when it is none of these.
 */
export function foundAgain(reference: LostOnWire): object {
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
      throw new TypeError('a reference in what has arrived is of an unknown kind')
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
  // The language's own class, as a clone has it: that of an application may be made in another way.
  const name = (view as Partial<Uint8Array>)[Symbol.toStringTag] ?? 'DataView'
  const View = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[name]
  return View === undefined ? view : new View(bytes.buffer)
}

function isBuffer(view: ArrayBufferView): view is Buffer {
  return typeof Buffer === 'function' && Buffer.isBuffer(view)
}

/** One is no instance of a class: it is an error, too. */
function isException(value: object): boolean {
  return value instanceof Error && kindOf(value) === 'DOMException'
}

/** Whether its buffer holds more than it shows. Shared memory is shared, however much of it. */
function isPart(view: ArrayBufferView): boolean {
  return view.byteLength !== view.buffer.byteLength && types.isArrayBuffer(view.buffer)
}

/** The buffers that more than one view of the message shows, or that are in it themselves. */
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

/** Small Buffers lie beside each other in Node's own pool, and are no less strangers there: they share what overlaps. */
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

/** The name of what it is, of whichever realm; what only calls itself so is an object like others. */
function kindOf(value: object): string {
  const name = tagOf(value)
  try {
    return looksLike[name]?.(value as never) === false ? 'Object' : name
  } catch {
    // Its prototype's getters are not for it.
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

/** Whether it is bound to its thread, so that no other one can have it. */
export function isRefused(value: object): boolean {
  if (REFUSED.includes(kindOf(value))) return true
  const { pipe, on } = value as { pipe?: unknown; on?: unknown }
  return typeof pipe === 'function' && typeof on === 'function'
}

function refused(where: string, what: string, value: unknown, one: object): NotCloneableError {
  const place = placeOf(value, what, part => part === one) ?? what
  return new NotCloneableError(
    `${where}: ${place} (${nameOf(one)}) can't be sent to another thread: it belongs to the one that made it; send what is needed of it`
  )
}

/** The class of what is refused. */
export function nameOf(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? kindOf(value)
}
