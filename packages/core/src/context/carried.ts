import { NotCloneableError } from '../errors/errors.js'
import { isDeepStrictEqual } from '../node.js'
import { type CapturedContext, type Carrier, carrierOf } from './carriers.js'
import { PlainData } from './plain-data.js'

/** What is sent for one carrier. */
export type Carried = readonly [name: string, module: string | undefined, value: unknown]

/** What travels with a call: name, module and value of each carrier that has something to carry. */
export type CarriedContext = readonly Carried[]

/** What was last sent for a carrier; the next value may be the same. */
interface Sent {
  /** The result of `encode`. A copy of it is sent, which later changes do not reach. */
  readonly wire: unknown
  readonly plain: PlainData
  readonly carried: Carried
  /** The context that consists only of it. */
  readonly alone: CarriedContext
}

/**
 * What is remembered of a carrier's values. A tracer's context is a new object for each span; a request's store stays
 * the same.
 */
interface Memory {
  readonly ofObjects: WeakMap<object, Sent>
  last: Sent | undefined
}

const memories = new WeakMap<Carrier, Memory>()

/** The contexts that consist of one or more repeated parts, looked up part by part. */
interface Known {
  context: CarriedContext | undefined
  next: WeakMap<Carried, Known> | undefined
}

const known: Known = { context: undefined, next: undefined }

/** What is sent to another thread for a captured context: the same object again if the data is the same. */
export function encodeCarriers(captured: CapturedContext | undefined): CarriedContext | undefined {
  if (captured === undefined) return undefined
  let alone: CarriedContext | undefined
  let carried: Carried[] | undefined
  let isRepeatable = true
  for (const [carrier, value] of captured) {
    const wire = carrier.encode === undefined ? value : carrier.encode(value)
    if (wire === undefined) continue
    const sent = repeatableOf(carrier, value, wire)
    isRepeatable &&= sent !== undefined
    const context: CarriedContext = sent?.alone ?? [[carrier.name, carrier.module, wire]]
    if (alone === undefined) alone = context
    else {
      carried ??= [...alone]
      carried.push(context[0] as Carried)
    }
  }
  return carried !== undefined && isRepeatable ? sameContext(carried) : (carried ?? alone)
}

/** Whether what would be sent for a value equals what was sent before. */
export function isSameOnWire(carrier: Carrier, value: unknown, wire: unknown): boolean {
  return isSameWire(carrier.encode === undefined ? value : carrier.encode(value), wire)
}

/** Whether `sent` arrives as something equal to what has arrived. */
export function isSameWire(sent: unknown, wire: unknown): boolean {
  if (PlainData.of(wire)?.isSame(sent) === true) return true
  try {
    // An instance of a class arrives as a plain object.
    return isDeepStrictEqual(structuredClone(sent), wire)
  } catch {
    return false
  }
}

/**
 * What is sent for a value that consists of little plain data: the same object for the same data; `undefined` for other
 * values.
 */
function repeatableOf(carrier: Carrier, value: unknown, wire: unknown): Sent | undefined {
  let memory = memories.get(carrier)
  if (memory === undefined) {
    memory = { ofObjects: new WeakMap(), last: undefined }
    memories.set(carrier, memory)
  }
  const { ofObjects, last } = memory
  if (last !== undefined && isUnchanged(carrier, last, wire)) return last
  const isKeyed = typeof value === 'object' && value !== null
  const own = isKeyed ? ofObjects.get(value) : undefined
  if (own !== undefined && isSame(carrier, own, wire)) return own
  if (last !== undefined && last !== own && isSame(carrier, last, wire)) {
    if (isKeyed) ofObjects.set(value, { ...last, wire })
    return last
  }
  const plain = PlainData.of(wire)
  if (plain === undefined) return undefined
  const carried: Carried = [carrier.name, carrier.module, plain.copy]
  const sent: Sent = { wire, plain, carried, alone: [carried] }
  if (isKeyed) ofObjects.set(value, sent)
  memory.last = sent
  return sent
}

function isSame(carrier: Carrier, sent: Sent, now: unknown): boolean {
  return isUnchanged(carrier, sent, now) || sent.plain.isSame(now)
}

function isUnchanged({ isReadOnly }: Carrier, { wire }: Sent, now: unknown): boolean {
  return isReadOnly === true && wire === now && typeof now === 'object'
}

let lastContext: CarriedContext | undefined

/** One context for the same parts in the same order. */
function sameContext(parts: readonly Carried[]): CarriedContext {
  const isLast = lastContext?.length === parts.length && parts.every((part, n) => part === lastContext?.[n])
  if (!isLast) lastContext = knownContext(parts)
  return lastContext as CarriedContext
}

function knownContext(parts: readonly Carried[]): CarriedContext {
  let node = known
  for (const part of parts) {
    node.next ??= new WeakMap()
    let next = node.next.get(part)
    if (next === undefined) {
      next = { context: undefined, next: undefined }
      node.next.set(part, next)
    }
    node = next
  }
  node.context ??= parts
  return node.context
}

/**
 * Throws an error that names the carrier whose context can't be cloned. For authors of executors: call it when a
 * message could not be sent, before the arguments are checked.
 *
 * @throws NotCloneableError when a carrier's value can't be cloned.
 * @example
 * ```ts
 * try { port.postMessage([task.args, task.context]) } catch (error) {
 *   refuseUncloneable(task.name, task.context)
 *   throw notCloneable(`${task.name}()`, 'args', task.args, error)
 * }
 * ```
 */
export function refuseUncloneable(name: string, context: CarriedContext | undefined): void {
  for (const [carrier, , value] of context ?? []) {
    try {
      structuredClone(value)
    } catch (cause) {
      carrierOf(carrier)?.refuse?.(value)
      throw new NotCloneableError(
        `${name}(): the context '${carrier}' can't be carried there: ${(cause as Error).message} ` +
          'Pick what can be cloned of it, or encode it',
        { cause }
      )
    }
  }
}
