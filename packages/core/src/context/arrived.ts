import type { CarriedContext } from './carried.js'
import { isSameOnWire, isSameWire } from './carried.js'
import { type Carrier, carrierOf } from './carriers.js'
import { isConstant } from './constant.js'
import { copyOf } from './plain-data.js'

const NONE: readonly string[] = []

/** Runs something with what has arrived in place. */
export type Restore = <R>(fn: () => R) => R

const restoreNothing: Restore = fn => fn()

/**
 * What puts a context that has arrived in place around each step of its call. It is decoded once, where it is first put in
 * place: what the callee does to it in one step is there in the next. A part whose carrier this thread does not know is
 * left out until it does.
 */
export function restoring(context: CarriedContext | undefined): Restore {
  if (context === undefined) return restoreNothing
  const isShared = isConstant(context)
  if (context.length === 1) return restoringOne(context[0] as CarriedContext[number], isShared)
  const parts = context.map(part => restoringOne(part, isShared))
  return fn => parts.reduceRight<() => unknown>((inner, part) => () => part(inner), fn)() as never
}

function restoringOne([name, , wire]: CarriedContext[number], isShared: boolean): Restore {
  let carrier: Carrier | undefined
  let value: unknown
  return fn => {
    if (carrier === undefined) {
      const known = carrierOf(name)
      if (known === undefined) return fn()
      value = decoded(known, wire, isShared)
      // Only now: what can't be decoded is refused at each step.
      carrier = known
    }
    return carrier.restore(value, fn)
  }
}

function decoded(carrier: Carrier, wire: unknown, isShared: boolean): unknown {
  const own = isShared && carrier.isReadOnly !== true ? copyOf(wire) : wire
  return carrier.decode === undefined ? own : carrier.decode(own, carrier.capture())
}

/**
 * Runs `fn` with what has come back in place, over what is in place already: where it is the same as what was `sent` from
 * there, or would be sent now, what is there stays, since it may be more than what travelled of it.
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
  if (context === undefined || context.every(isKnown)) return NONE
  return context.flatMap(carried => (isKnown(carried) ? NONE : (carried[1] as string)))
}

/** Whether nothing has to be imported, or can be, to restore a value. */
function isKnown([name, module]: CarriedContext[number]): boolean {
  return module === undefined || carrierOf(name) !== undefined
}
