import { checkFunction, checkObject, checkText } from './check.js'
import { isConstant, markConstant } from './constant.js'
import { NotCloneableError } from './errors/errors.js'
import { shared } from './shared.js'

/** How one kind of context travels with a call. */
export interface Carrier {
  /** Names the value on its way; the same name replaces an earlier carrier. */
  readonly name: string
  /**
   * URL of the module that registers this carrier; a worker imports it before it restores the value. `undefined` where it
   * was bundled, and has no URL of its own: a worker then restores the value if a module of tasks has registered it.
   */
  readonly module: string | undefined
  /** What is set here; `undefined` when nothing is. It runs for every call that is made, so it must cost little. */
  capture(): unknown
  /** Runs `fn` with what `capture` or `decode` gave in place; with `undefined`, where a call was made with nothing set. */
  restore<R>(value: unknown, fn: () => R): R
  /**
   * What travels to another thread in the place of a captured value, one that can be cloned; `undefined` when nothing
   * does. Without it the value itself travels.
   */
  encode?(value: unknown): unknown
  /** The inverse of `encode`, on the thread where the value has arrived. */
  decode?(wire: unknown): unknown
}

/** What is set where a call is made, on its thread: each carrier and what it has captured. */
export type CapturedContext = readonly (readonly [carrier: Carrier, value: unknown])[]

/** What travels with a call: name, module and value of each carrier that has something to carry. */
export type CarriedContext = readonly (readonly [name: string, module: string | undefined, value: unknown])[]

const NONE: readonly string[] = []

const carriers = shared('@bridge/core/carriers', () => new Map<string, Carrier>())

/**
 * Registers a carrier for this thread. Every copy of core in the process sees it; a worker gets it by importing
 * the carrier's `module`.
 *
 * @throws InvalidArgumentError when a part of the carrier is missing.
 * @example
 * ```ts
 * const locale = new AsyncLocalStorage<string>()
 * addCarrier({
 *   name: 'locale',
 *   module: import.meta.url,
 *   capture: () => locale.getStore(),
 *   restore: (value, fn) => locale.run(value as string, fn),
 * })
 * ```
 */
export function addCarrier(carrier: Carrier): void {
  checkObject('addCarrier()', 'carrier', carrier)
  checkText('addCarrier()', 'carrier.name', carrier.name)
  if (carrier.module !== undefined) checkText('addCarrier()', 'carrier.module', carrier.module)
  for (const key of ['capture', 'restore'] as const) {
    checkFunction('addCarrier()', `carrier.${key}`, carrier[key])
  }
  for (const key of ['encode', 'decode'] as const) {
    if (carrier[key] !== undefined) checkFunction('addCarrier()', `carrier.${key}`, carrier[key])
  }
  carriers.set(carrier.name, carrier)
}

/** Whether any context can be set on this thread: while there is no carrier, nothing has to be restored. */
export function hasCarriers(): boolean {
  return carriers.size > 0
}

/** What is set here; `undefined` when nothing is. */
export function captureCarriers(): CapturedContext | undefined {
  if (carriers.size === 0) return undefined
  let captured: [Carrier, unknown][] | undefined
  for (const carrier of carriers.values()) {
    const value = carrier.capture()
    if (value === undefined) continue
    captured ??= []
    captured.push([carrier, value])
  }
  return captured
}

/** Runs `fn` with exactly what was captured in place, on the thread where it was; where that is in place already, at once. */
export function restoreCaptured<R>(captured: CapturedContext | undefined, fn: () => R): R {
  let restored = fn
  for (const carrier of carriers.values()) {
    // By name: another copy of its module may have replaced the one that captured, which knows where its value belongs.
    const [own, value] = captured?.find(([{ name }]) => name === carrier.name) ?? [carrier, undefined]
    if (own.capture() === value) continue
    const inner = restored
    restored = () => own.restore(value, inner)
  }
  return restored()
}

/** What travels of a constant value that is carried alone. */
const carriedAlone = new WeakMap<object, CarriedContext>()

/** What travels to another thread of what was captured: the same object again where nothing in it can have changed. */
export function encodeCarriers(captured: CapturedContext | undefined): CarriedContext | undefined {
  if (captured === undefined) return undefined
  const [only] = captured
  if (only !== undefined && captured.length === 1) return encodeAlone(only)
  let carried: [string, string | undefined, unknown][] | undefined
  for (const [carrier, value] of captured) {
    const wire = carrier.encode === undefined ? value : carrier.encode(value)
    if (wire === undefined) continue
    carried ??= []
    carried.push([carrier.name, carrier.module, wire])
  }
  return carried
}

function encodeAlone([{ name, module, encode }, value]: CapturedContext[number]): CarriedContext | undefined {
  const wire = encode === undefined ? value : encode(value)
  if (wire === undefined) return undefined
  if (!isConstant(wire)) return [[name, module, wire]]
  const known = carriedAlone.get(wire)
  if (known !== undefined) return known
  const carried: CarriedContext = markConstant([[name, module, wire] as const])
  carriedAlone.set(wire, carried)
  return carried
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
      throw new NotCloneableError(
        `${name}(): what the carrier '${carrier}' carries can't be cloned: ${(cause as Error).message}; ` +
          'give it an encode() whose result can be',
        { cause }
      )
    }
  }
}

/** Runs `fn` with everything in place that has arrived and that this thread knows a carrier for. */
export function restoreCarriers<R>(context: CarriedContext | undefined, fn: () => R): R {
  if (context === undefined) return fn()
  const restored = context.reduceRight((inner, [name, , wire]) => {
    const carrier = carriers.get(name)
    if (carrier === undefined) return inner
    return () => carrier.restore(carrier.decode === undefined ? wire : carrier.decode(wire), inner)
  }, fn)
  return restored()
}

/** The modules that must be imported on this thread before `context` can be restored. */
export function missingCarriers(context: CarriedContext | undefined): readonly string[] {
  if (context === undefined || context.every(isKnown)) return NONE
  return context.flatMap(carried => (isKnown(carried) ? NONE : (carried[1] as string)))
}

/** Whether nothing has to be imported, or can be, to restore a value. */
function isKnown([name, module]: CarriedContext[number]): boolean {
  return module === undefined || carriers.has(name)
}
