import { NotCloneableError } from '../errors/errors.js'
import { isDeepStrictEqual } from '../node.js'
import { type CapturedContext, type Carrier, carrierOf } from './carriers.js'
import { PlainData } from './plain-data.js'

/** What travels of one carrier. */
export type Carried = readonly [name: string, module: string | undefined, value: unknown]

/** What travels with a call: name, module and value of each carrier that has something to carry. */
export type CarriedContext = readonly Carried[]

/** What travelled last of a carrier, which may be the same again. */
interface Sent {
  /** What `encode` gave; of it a copy travels, which no later change reaches. */
  readonly wire: unknown
  readonly plain: PlainData
  readonly carried: Carried
  /** The context that consists of it alone. */
  readonly alone: CarriedContext
}

/** What is known of a carrier's values. A tracer's context is another object for each span, a request's store stays. */
interface Memory {
  readonly ofObjects: WeakMap<object, Sent>
  last: Sent | undefined
}

const memories = new WeakMap<Carrier, Memory>()

/** The contexts that consist of one or more that may be the same again, by them, one after the other. */
interface Known {
  context: CarriedContext | undefined
  next: WeakMap<Carried, Known> | undefined
}

const known: Known = { context: undefined, next: undefined }

/** What travels to another thread of what was captured: the same object again where it is the same data. */
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

/** Whether what would travel of a value is what has travelled before. */
export function isSameOnWire(carrier: Carrier, value: unknown, wire: unknown): boolean {
  return isSameWire(carrier.encode === undefined ? value : carrier.encode(value), wire)
}

/** Whether what is sent arrives as what has arrived. */
export function isSameWire(sent: unknown, wire: unknown): boolean {
  if (PlainData.of(wire)?.isSame(sent) === true) return true
  try {
    // An instance of a class arrives as a plain object.
    return isDeepStrictEqual(structuredClone(sent), wire)
  } catch {
    return false
  }
}

/** What travels of a value that consists of little plain data, the same object for the same data; `undefined` for others. */
function repeatableOf(carrier: Carrier, value: unknown, wire: unknown): Sent | undefined {
  let memory = memories.get(carrier)
  if (memory === undefined) {
    memory = { ofObjects: new WeakMap(), last: undefined }
    memories.set(carrier, memory)
  }
  const { ofObjects, last } = memory
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

function isSame({ isReadOnly }: Carrier, { wire, plain }: Sent, now: unknown): boolean {
  return (isReadOnly === true && wire === now && typeof now === 'object') || plain.isSame(now)
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
 * Refuses a context that can't be cloned by the name of its carrier. For authors of executors: call it when a message
 * could not be sent, before the arguments are blamed.
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
