import { hideFrames } from '@bridge/core/internal'
import type { Pool } from '../pool.js'
import { LoopExecutor } from './loop-executor.js'

hideFrames(import.meta.url)

/**
 * One background event-loop thread, shared by all code on this thread: the executor that runs asynchronous code behind
 * synchronous functions. State that a module keeps there, such as a connection, is kept between calls. It starts with
 * the first call, does not keep the process alive, and starts again after a loss.
 *
 * @example
 * ```ts
 * const { fetchUser } = loop.importSync<typeof import('./tasks.js')>(new URL('./tasks.js', import.meta.url))
 * console.log(fetchUser(1).name) // fetchUser is async; this line is not
 * ```
 */
export const loop: Pool = new LoopExecutor()
