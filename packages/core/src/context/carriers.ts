import { checkFunction, checkObject, checkText } from '../check.js'
import { shared } from '../shared.js'

/** How one kind of context travels with a call. */
export interface Carrier {
  /** Identifies the value when it is sent; a carrier with the same name replaces the earlier one. */
  readonly name: string
  /**
   * URL of the module that registers this carrier; a worker imports it before it restores the value. `undefined` if it
   * was bundled and has no URL: a worker then restores the value if a module of tasks has registered the carrier.
   */
  readonly module: string | undefined
  /**
   * Whether `decode` and `restore` neither change their argument nor pass it to code that could, and `encode` returns
   * the same object only if nothing in it has changed. Calls with the same context then share one object; otherwise
   * each gets a copy.
   */
  readonly isReadOnly?: boolean
  /** The current value; `undefined` when there is none. It runs for every call that is made, so it must be cheap. */
  capture(): unknown
  /**
   * Runs `fn` with the value of `capture` or `decode` restored; the value is `undefined` for a call that was made
   * without one.
   */
  restore<R>(value: unknown, fn: () => R): R
  /**
   * Sets the value for the code that follows, as `AsyncLocalStorage.enterWith()` does. If present, it is used in place of
   * `restore` where a task starts in an async context of its own, because setting costs half of setting and resetting.
   */
  enter?(value: unknown): void
  /**
   * Returns what is sent to another thread instead of a captured value, which must be cloneable; `undefined` when
   * nothing is sent. Without `encode` the value itself is sent. It runs for every call that is sent; the same data as
   * last time (primitive values, plain objects and arrays, at most some sixty values) is sent as a number.
   */
  encode?(value: unknown): unknown
  /**
   * The inverse of `encode`, on the receiving thread; it runs once for a call. `here` is the current value there: set
   * if a callback has come back to the thread that passed it, or if a snapshot is restored.
   */
  decode?(wire: unknown, here: unknown): unknown
  /**
   * Throws an error that says which part of a value can't be cloned; called when cloning has failed. Without it the
   * error names the carrier.
   */
  refuse?(wire: unknown): void
}

/** The values that are current where a call is made: each carrier and what it captured. */
export type CapturedContext = readonly (readonly [carrier: Carrier, value: unknown])[]

const carriers = shared('@bridge/core/carriers', () => new Map<string, Carrier>())

/**
 * Registers a carrier for this thread. Every copy of core in the process sees it; a worker gets it by importing the
 * carrier's `module`. For an AsyncLocalStorage, use `carry()` of `@bridge/context`.
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
  for (const key of ['enter', 'encode', 'decode', 'refuse'] as const) {
    if (carrier[key] !== undefined) checkFunction('addCarrier()', `carrier.${key}`, carrier[key])
  }
  carriers.set(carrier.name, carrier)
}

/** The carrier with that name on this thread. */
export function carrierOf(name: string): Carrier | undefined {
  return carriers.get(name)
}

/** Whether any context can be set on this thread: while there is no carrier, nothing has to be restored. */
export function hasCarriers(): boolean {
  return carriers.size > 0
}

/** The current values of all carriers or some; `undefined` when there are none. */
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

/**
 * Runs `fn` with exactly the captured values restored, on the thread that captured them; if they are current already,
 * runs it directly.
 */
export function restoreCaptured<R>(
  captured: CapturedContext | undefined,
  fn: () => R,
  among: ReadonlyMap<string, Carrier> = carriers
): R {
  let restored = fn
  for (const carrier of among.values()) {
    // Looked up by name: another copy of its module may have replaced the carrier that captured, and knows where the
    // value belongs.
    const [own, value] = captured?.find(([{ name }]) => name === carrier.name) ?? [carrier, undefined]
    if (own.capture() === value) continue
    const inner = restored
    restored = () => own.restore(value, inner)
  }
  return restored()
}
