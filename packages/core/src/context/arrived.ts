import { LOADING } from '../loading.js'
import type { CarriedContext } from './carried.js'
import { isSameOnWire, isSameWire } from './carried.js'
import { type Carrier, carrierOf } from './carriers.js'
import { isConstant } from './constant.js'
import { copyOf } from './plain-data.js'

const NONE: readonly string[] = []

/** Constant contexts that can be restored without an import, and carry no list of modules that are being loaded. */
const ready = new WeakSet<CarriedContext>()

/** Whether nothing has to be done for a received context before it can be restored. */
export function isReady(context: CarriedContext): boolean {
  if (ready.has(context)) return true
  if (!isConstant(context) || !context.every(part => isKnown(part) && part[0] !== LOADING)) return false
  ready.add(context)
  return true
}

/**
 * Restores a received context around each step of its call. It is decoded once, when it is first restored, so a change
 * that the callee makes in one step is visible in the next. A part is skipped until its carrier is registered on this
 * thread.
 */
export class ArrivedContext {
  readonly #part: CarriedContext[number]
  readonly #isShared: boolean
  /** The parts after this part. */
  readonly #rest: ArrivedContext | undefined
  #carrier: Carrier | undefined
  #value: unknown

  private constructor(context: CarriedContext, part: number) {
    this.#part = context[part] as CarriedContext[number]
    this.#isShared = isConstant(context)
    this.#rest = part + 1 < context.length ? new ArrivedContext(context, part + 1) : undefined
  }

  /** `undefined` if nothing has to be restored. */
  static of(context: CarriedContext | undefined): ArrivedContext | undefined {
    return context === undefined || context.length === 0 ? undefined : new ArrivedContext(context, 0)
  }

  /** Runs `fn` with the context restored. */
  run<R>(fn: () => R): R {
    const rest = this.#rest
    return this.#restore(rest === undefined ? fn : () => rest.run(fn))
  }

  /** The same where nothing else runs in the current async context later: what can be set need not be reset. */
  runLast<R>(fn: () => R): R {
    const rest = this.#rest
    const carrier = this.#decode()
    if (carrier?.enter === undefined) return this.#restore(rest === undefined ? fn : () => rest.runLast(fn))
    carrier.enter(this.#value)
    return rest === undefined ? fn() : rest.runLast(fn)
  }

  #restore<R>(fn: () => R): R {
    const carrier = this.#decode()
    return carrier === undefined ? fn() : carrier.restore(this.#value, fn)
  }

  #decode(): Carrier | undefined {
    if (this.#carrier !== undefined) return this.#carrier
    const [name, , wire] = this.#part
    const carrier = carrierOf(name)
    if (carrier === undefined) return undefined
    this.#value = decoded(carrier, wire, this.#isShared)
    // Set only now: a value that can't be decoded is refused at each step.
    this.#carrier = carrier
    return carrier
  }
}

/** Returns a function that runs another one with the received context restored, for several steps. */
export function restoring(context: CarriedContext): <R>(fn: () => R) => R {
  const arrived = ArrivedContext.of(context)
  return fn => (arrived === undefined ? fn() : arrived.run(fn))
}

function decoded(carrier: Carrier, wire: unknown, isShared: boolean): unknown {
  const own = isShared && carrier.isReadOnly !== true ? copyOf(wire) : wire
  return carrier.decode === undefined ? own : carrier.decode(own, carrier.capture())
}

/**
 * Runs `fn` with a context that was sent and has come back restored over the current one. A current value that equals
 * what was `sent`, or would be sent now, stays, since it may contain more than was sent.
 */
export function restoreOver<R>(
  context: CarriedContext | undefined,
  sent: CarriedContext | undefined,
  fn: () => R
): R {
  const changed = context?.filter(([name, , wire]) => {
    const carrier = carrierOf(name)
    const here = carrier?.capture()
    if (carrier === undefined || here === undefined) return true
    const before = sent?.find(part => part[0] === name)
    return !(before !== undefined && isSameWire(before[2], wire)) && !isSameOnWire(carrier, here, wire)
  })
  return changed === undefined || changed.length === 0 ? fn() : restoring(changed)(fn)
}

/** The modules that must be imported on this thread before `context` can be restored. */
export function missingCarriers(context: CarriedContext | undefined): readonly string[] {
  if (context === undefined || isReady(context) || context.every(isKnown)) return NONE
  return context.flatMap(carried => (isKnown(carried) ? NONE : (carried[1] as string)))
}

/** Whether a value can be restored without an import, or no import would help. */
function isKnown([name, module]: CarriedContext[number]): boolean {
  return module === undefined || carrierOf(name) !== undefined
}
