import { isObject, put } from '../data.js'
import { types } from '../node.js'
import { mayRefer } from './lost-in-data.js'
import { cloneLike, entriesOf, fillFrom } from './parts.js'
import { makeInstance, registeredName } from './registered-classes.js'

/*
 * What does not cross by value is listed beside the data, with the path to its place. The data itself contains no
 * marker, so no data of a caller can be mistaken for a reference.
 */

/** The name of a field, the index in an array, or the position in a Map (key, value, key, …) or a Set. */
type Key = string | number

/**
 * One step from an object in the data to a part of it. The data is object 0, and the nth step leads to object n. A step
 * leads to an object from which other steps continue, or to the place of a reference, or to another place of an earlier
 * step's reference; or it leads nowhere, and names the registered class of an object. The holder of a reference that
 * replaces the whole data is -1.
 */
export type Placed<R> =
  | readonly [holder: number, key: Key]
  | readonly [holder: number, key: Key, reference: R]
  | readonly [holder: number, key: Key, step: number, isAgain: true]
  | readonly [object: number, className: string, kind: 'class', isAgain: false]

/** Data to be sent, with its references beside it. */
export interface Referring<R> {
  readonly data: unknown
  readonly references: readonly Placed<R>[]
}

/** An object of the data, with its parts at the time of the inspection. */
interface Holder {
  readonly value: object
  readonly keys: readonly Key[]
  readonly parts: readonly unknown[]
  /** Where it was first found; `undefined` for the whole data. */
  readonly from: Edge | undefined
  readonly holders: Holder[]
  /** What is sent instead of it, if it contains a reference. */
  copy: object | undefined
  /** Its number among the steps. */
  number: number | undefined
}

interface Edge {
  readonly holder: Holder
  readonly key: Key
}

interface Found<R> {
  readonly reference: R
  readonly edges: (Edge | undefined)[]
}

/**
 * What is sent for a value when parts of it cross by reference and not by value; `undefined` when all of it is plain
 * data. `referenceOf` returns the reference for a function or an object, and `undefined` for what is copied; it is
 * called once for each. Arrays, objects and instances, Maps and Sets are searched, at any depth; objects on the path to
 * a reference are copied as by a structured clone, and keep their shape and cycles. An instance of a registered class
 * is data, with the class's name beside it. `isKept` returns whether an object of any kind may stay here; without it
 * only functions, remote objects, errors and what a clone loses are searched for.
 *
 * @throws whatever `referenceOf` or a getter in the value throws.
 * @example
 * ```ts
 * const sent = refer(args, value => objects.get(value))
 * port.postMessage(sent ?? { data: args, references: [] })
 * ```
 */
export function refer<R>(
  value: unknown,
  referenceOf: (value: object) => R | undefined,
  isKept?: (value: object) => boolean
): Referring<R> | undefined {
  if (!mayRefer(value, isKept)) return undefined
  const { holders, found, instances } = lookedThrough(value, referenceOf)
  if (found.size === 0 && instances.size === 0) return undefined
  copy(holders, found)
  return { data: copyOf(value, holders, found), references: placesOf(found, instances) }
}

/**
 * The inverse: the data, which is changed in place, with its references replaced. `live` returns the value of a
 * reference on this thread, and is called in the order of `referencesIn()`. For authors of executors.
 *
 * @throws TypeError when a place is not in the data; whatever `live` throws.
 * @example
 * ```ts
 * port.on('message', sent => run(dereference(sent, number => objects.get(number))))
 * ```
 */
export function dereference<R>({ data, references }: Referring<R>, live: (reference: R) => unknown): unknown {
  const objects: unknown[] = [data]
  const lives: unknown[] = [undefined]
  const opened = new Map<object, unknown[]>()
  const instances: Placed<R>[] = []
  let whole = data
  for (const place of references) {
    if (namesClass(place)) {
      instances.push(place)
      objects.push(undefined)
      lives.push(undefined)
      continue
    }
    const [holder, key] = place
    const isWay = place.length === 2
    const one = isWay ? undefined : place.length === 3 ? live(place[2]) : lives[place[2] as number]
    // No step continues from a reference, which is not a part of the data.
    objects.push(isWay ? partOf(objects[holder], key, opened) : undefined)
    lives.push(one)
    if (isWay) continue
    if (holder === -1) whole = one
    else put(slot(objects[holder], key, opened), String(key), one)
  }
  for (const [collection, parts] of opened) fillFrom(collection, parts)
  // Last, so that a setter of the class is not called with a placeholder.
  for (const [object, className] of instances) {
    const instance = objects[object]
    if (!isObject(instance) || typeof className !== 'string') throw nowhere()
    makeInstance(instance, className)
  }
  return whole
}

/** Whether there are instances of registered classes, which are created with the classes registered at the time. */
export function namesClasses(places: readonly Placed<unknown>[]): boolean {
  return places.some(namesClass)
}

function namesClass(place: Placed<unknown>): boolean {
  return place.length === 4 && place[2] === 'class'
}

/** The references in a list of places, each once. For authors of executors. */
export function referencesIn<R>(places: readonly Placed<R>[]): R[] {
  return places.flatMap(place => (place.length === 3 ? [place[2]] : []))
}

function lookedThrough<R>(
  value: unknown,
  referenceOf: (value: object) => R | undefined
): {
  readonly holders: Map<object, Holder>
  readonly found: Map<object, Found<R>>
  readonly instances: Map<Holder, string>
} {
  const instances = new Map<Holder, string>()
  const holders = new Map<object, Holder>()
  const found = new Map<object, Found<R>>()
  const open: Holder[] = []
  const meet = (one: unknown, edge: Edge | undefined): void => {
    if (!isObject(one)) return
    const known = holders.get(one)
    if (known !== undefined) {
      if (edge !== undefined) known.holders.push(edge.holder)
      return
    }
    const before = found.get(one)
    if (before !== undefined) {
      before.edges.push(edge)
      return
    }
    const reference = referenceOf(one)
    if (reference !== undefined) {
      found.set(one, { reference, edges: [edge] })
      return
    }
    const [keys, parts] = entriesOf(one)
    const holder: Holder = {
      value: one,
      keys,
      parts,
      from: edge,
      holders: edge === undefined ? [] : [edge.holder],
      copy: undefined,
      number: undefined
    }
    holders.set(one, holder)
    open.push(holder)
    const className = registeredName(one)
    if (className !== undefined) instances.set(holder, className)
  }
  meet(value, undefined)
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    const { keys, parts } = holder
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]
      if (isObject(part)) meet(part, { holder, key: keys[index] as Key })
    }
  }
  return { holders, found, instances }
}

/**
 * Copies every object on the path to a reference, without the reference, and to a getter, which the clone would read
 * again.
 */
function copy<R>(holders: Map<object, Holder>, found: Map<object, Found<R>>): void {
  const open = [...found.values()].flatMap(({ edges }) => edges.map(edge => edge?.holder))
  for (const holder of holders.values()) if (hasGetter(holder)) open.push(holder)
  const copied: Holder[] = []
  for (let holder = open.pop(); open.length > 0 || holder !== undefined; holder = open.pop()) {
    if (holder === undefined || holder.copy !== undefined) continue
    holder.copy = cloneLike(holder.value)
    copied.push(holder)
    for (const above of holder.holders) open.push(above)
  }
  for (const { copy: made, keys, parts } of copied) {
    fillFrom(
      made as object,
      parts.map(part => copyOf(part, holders, found)),
      keys
    )
  }
}

function hasGetter({ value, keys }: Holder): boolean {
  if (Array.isArray(value) || typeof keys[0] !== 'string') return false
  return keys.some(key => Object.getOwnPropertyDescriptor(value, key)?.get !== undefined)
}

function copyOf<R>(part: unknown, holders: Map<object, Holder>, found: Map<object, Found<R>>): unknown {
  if (!isObject(part)) return part
  // A separate object for each place, or two members of a Set would become one.
  return found.has(part) ? {} : (holders.get(part)?.copy ?? part)
}

function placesOf<R>(found: Map<object, Found<R>>, instances: ReadonlyMap<Holder, string>): Placed<R>[] {
  const places: Placed<R>[] = []
  const numberOf = (edge: Edge | undefined): number => {
    if (edge === undefined) return -1
    const way: Holder[] = []
    for (let one = edge.holder; one.number === undefined; one = one.from.holder) {
      if (one.from === undefined) one.number = 0
      else way.push(one)
      if (one.from === undefined) break
    }
    for (let one = way.pop(); one !== undefined; one = way.pop()) {
      const { holder, key } = one.from as Edge
      one.number = places.push([holder.number as number, key])
    }
    return edge.holder.number as number
  }
  for (const { reference, edges } of found.values()) {
    const [first, ...others] = edges
    const step = places.push([numberOf(first), first?.key ?? '', reference])
    for (const edge of others) places.push([numberOf(edge), edge?.key ?? '', step, true])
  }
  for (const [holder, className] of instances) {
    places.push([numberOf({ holder, key: '' }), className, 'class', false])
  }
  return places
}

function partOf(holder: unknown, key: Key, opened: Map<object, unknown[]>): unknown {
  return slot(holder, key, opened)[key as number]
}

/** The object with the key: the object itself, or the parts of a collection. */
function slot(holder: unknown, key: Key, opened: Map<object, unknown[]>): unknown[] {
  if (!isObject(holder) || !isKey(key)) throw nowhere()
  let parts = opened.get(holder) ?? (holder as unknown[])
  if (parts === holder && (types.isMap(holder) || types.isSet(holder))) {
    parts = types.isMap(holder) ? [...holder].flat() : [...holder]
    opened.set(holder, parts)
  }
  if (!Object.hasOwn(parts, key)) throw nowhere()
  return parts
}

function isKey(key: unknown): boolean {
  return typeof key === 'string' || typeof key === 'number'
}

function nowhere(): TypeError {
  return new TypeError('a reference in a received message leads to no place')
}
