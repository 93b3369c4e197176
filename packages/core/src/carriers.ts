import { checkFunction, checkObject, checkText } from './check.js'
import { shared } from './shared.js'

/** How one kind of context travels with a call. */
export interface Carrier {
  /** Names the value on its way; the same name replaces an earlier carrier. */
  readonly name: string
  /** URL of the module that registers this carrier; a worker imports it before it restores the value. */
  readonly module: string
  /** The value to carry, one that can be cloned; `undefined` when there is nothing to carry. */
  capture(): unknown
  /** Runs `fn` with the value in place. */
  restore<R>(value: unknown, fn: () => R): R
}

/** What the carriers captured: name, module and value of each that had something to carry. */
export type CarriedContext = readonly (readonly [name: string, module: string, value: unknown])[]

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
  for (const key of ['name', 'module'] as const) checkText('addCarrier()', `carrier.${key}`, carrier[key])
  for (const key of ['capture', 'restore'] as const) {
    checkFunction('addCarrier()', `carrier.${key}`, carrier[key])
  }
  carriers.set(carrier.name, carrier)
}

/** What travels with a call that starts now; `undefined` when there is nothing. */
export function captureCarriers(): CarriedContext | undefined {
  if (carriers.size === 0) return undefined
  let carried: [string, string, unknown][] | undefined
  for (const carrier of carriers.values()) {
    const value = carrier.capture()
    if (value === undefined) continue
    carried ??= []
    carried.push([carrier.name, carrier.module, value])
  }
  return carried
}

/** Runs `fn` with everything in place that was captured and that this thread knows a carrier for. */
export function restoreCarriers<R>(context: CarriedContext | undefined, fn: () => R): R {
  if (context === undefined) return fn()
  const restored = context.reduceRight((inner, [name, , value]) => {
    const carrier = carriers.get(name)
    return carrier === undefined ? inner : () => carrier.restore(value, inner)
  }, fn)
  return restored()
}

/** The modules that must be imported on this thread before `context` can be restored. */
export function missingCarriers(context: CarriedContext | undefined): string[] {
  return (context ?? []).filter(([name]) => !carriers.has(name)).map(([, module]) => module)
}
