import type { AnyFn } from './options.js'

/** Where a thread of `createSyncFn` takes the function that its worker serves (worker/synckit.ts). */
const slot = Symbol.for('@bridge/pool/synckit')

/**
 * Makes a function the one that `createSyncFn` of this file calls. Anywhere else it does nothing, so that the file can
 * also be imported for what it exports.
 *
 * @example
 * ```ts
 * // format.worker.js
 * runAsWorker(async (source: string) => prettier.format(source, { parser: 'babel' }))
 * ```
 */
export function runAsWorker<T extends AnyFn>(fn: T): void {
  const serve = (globalThis as { [slot]?: (fn: AnyFn) => void })[slot]
  serve?.(fn)
}
