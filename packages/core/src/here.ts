import { isMainThread, threadId } from './node.js'

/**
 * The thread that this code runs on, and whether it may block. Node lets every thread block; a runtime whose main
 * thread must not (a browser page) reports false.
 *
 * @example
 * ```ts
 * console.log(here.isMainThread, here.threadId, here.mayBlock)
 * ```
 */
export const here: { readonly isMainThread: boolean; readonly threadId: number; readonly mayBlock: boolean } =
  Object.freeze({
    isMainThread,
    threadId,
    mayBlock: typeof SharedArrayBuffer === 'function' && typeof Atomics.wait === 'function'
  })
