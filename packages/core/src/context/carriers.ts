import { checkFunction, checkObject, checkText } from '../check.js'
import { shared } from '../shared.js'

/** How one kind of context travels with a call. */
export interface Carrier {
  /** Names the value on its way; the same name replaces an earlier carrier. */
  readonly name: string
  /**
   * URL of the module that registers this carrier; a worker imports it before it restores the value. `undefined` where it
   * was bundled, and has no URL of its own: a worker then restores the value if a module of tasks has registered it.
   */
  readonly module: string | undefined
  /**
   * Whether `decode` and `restore` neither change what they are given nor hand it to code that could, and `encode` gives an
   * object again only where nothing in it has changed: calls whose context is the same then share one object, of which
   * each is given a copy otherwise.
   */
  readonly isReadOnly?: boolean
  /** What is set here; `undefined` when nothing is. It runs for every call that is made, so it must cost little. */
  capture(): unknown
  /** Runs `fn` with what `capture` or `decode` gave in place; with `undefined`, where a call was made with nothing set. */
  restore<R>(value: unknown, fn: () => R): R
  /**
   * What travels to another thread in the place of a captured value, one that can be cloned; `undefined` when nothing
   * does. Without it the value itself travels. It runs for every call that is sent: what is the same data as the last time
   * (primitive values, plain objects and arrays, some sixty of them at most) travels as a number.
   */
  encode?(value: unknown): unknown
  /**
   * The inverse of `encode`, on the thread where the value has arrived; it runs once for a call. `here` is what is set
   * there: something where a callback has come back to the thread that it was passed from, or where it is restored from
   * a snapshot.
   */
  decode?(wire: unknown, here: unknown): unknown
  /**
   * Throws an error that says what of a value that has to travel can't be cloned; called when the clone has failed.
   * Without it the carrier's name is told.
   */
  refuse?(wire: unknown): void
}

/** What is set where a call is made, on its thread: each carrier and what it has captured. */
export type CapturedContext = readonly (readonly [carrier: Carrier, value: unknown])[]

const carriers = shared('@bridge/core/carriers', () => new Map<string, Carrier>())

/**
 * Registers a carrier for this thread. Every copy of core in the process sees it; a worker gets it by importing
 * the carrier's `module`. For an AsyncLocalStorage, `carry()` of `@bridge/context` makes one.
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
  for (const key of ['encode', 'decode', 'refuse'] as const) {
    if (carrier[key] !== undefined) checkFunction('addCarrier()', `carrier.${key}`, carrier[key])
  }
  carriers.set(carrier.name, carrier)
}

/** The carrier of that name on this thread. */
export function carrierOf(name: string): Carrier | undefined {
  return carriers.get(name)
}

/** Whether any context can be set on this thread: while there is no carrier, nothing has to be restored. */
export function hasCarriers(): boolean {
  return carriers.size > 0
}

/** What is set here, among all carriers or some; `undefined` when nothing is. */
export function captureCarriers(among: ReadonlyMap<string, Carrier> = carriers): CapturedContext | undefined {
  if (among.size === 0) return undefined
  let captured: [Carrier, unknown][] | undefined
  for (const carrier of among.values()) {
    const value = carrier.capture()
    if (value === undefined) continue
    captured ??= []
    captured.push([carrier, value])
  }
  return captured
}

/** Runs `fn` with exactly what was captured in place, on the thread where it was; where that is in place already, at once. */
export function restoreCaptured<R>(
  captured: CapturedContext | undefined,
  fn: () => R,
  among: ReadonlyMap<string, Carrier> = carriers
): R {
  let restored = fn
  for (const carrier of among.values()) {
    // By name: another copy of its module may have replaced the one that captured, which knows where its value belongs.
    const [own, value] = captured?.find(([{ name }]) => name === carrier.name) ?? [carrier, undefined]
    if (own.capture() === value) continue
    const inner = restored
    restored = () => own.restore(value, inner)
  }
  return restored()
}
