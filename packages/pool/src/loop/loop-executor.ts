import { inspect } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { WorkerLostError } from '@bridge/core'
import type { Run, Task } from '@bridge/core/executor'
import { loopsTooDeep } from '../callback/deadlock-errors.js'
import type { StartData } from '../lane/wire.js'
import { IMPORT_TIMEOUT, MAX_ABANDONED, STUCK_GRACE } from '../options.js'
import type { CloseOptions } from '../pool.js'
import { deepestHere } from '../thread/census.js'
import { inheritedExecArgv } from '../thread/exec-argv.js'
import { Output } from '../thread/output.js'
import { ownThread } from '../thread/own-worker.js'
import { ThreadExecutor } from '../thread-executor.js'
import { ONE_THREAD } from './one-thread.js'
import { findSynckit, type Started, type Synckit, startBySynckit } from './synckit.js'
import { SynckitExecutor } from './synckit-executor.js'

/** Below every id that synckit counts its requests by, so that it passes over the answer to ours. */
const BEFORE_ALL_REQUESTS = -1

/**
 * An executor of one event-loop thread, which synckit starts. Calls take the lane, like a pool's; where the lane can't
 * be handed over, or `BRIDGE_LOOP=synckit` is set, they take synckit's own way, which blocks for awaited calls too. In a
 * bundle, where there is no synckit, it starts its thread as a pool does.
 */
export class LoopExecutor extends ThreadExecutor {
  /** Not looked for yet, while `undefined`. */
  #found: Synckit | 'none' | undefined
  /** A thread that was started to see whether it can be given a lane. */
  #spare: Started | undefined
  #hasLane = false
  #withoutLane: SynckitExecutor | undefined

  constructor() {
    super({
      name: 'loop',
      ...ONE_THREAD,
      killGrace: 100,
      onTimeout: undefined,
      maxAbandoned: MAX_ABANDONED,
      stuckGrace: STUCK_GRACE,
      importTimeout: IMPORT_TIMEOUT,
      output: new Output(),
      reopens: true,
      start: (data, isBlocking) => this.#startThread(data, isBlocking)
    })
  }

  /** Only the lane carries objects, so where it is not known yet whether there is one, the thread is started. */
  override get keepsObjects(): boolean {
    return this.#otherWay === undefined
  }

  override start(task: Task): Run {
    return this.#otherWay?.start(task) ?? super.start(task)
  }

  override runSync(task: Task): unknown {
    const other = this.#otherWay
    return other === undefined ? super.runSync(task) : other.runSync(task)
  }

  override async close(options?: CloseOptions): Promise<void> {
    await Promise.all([super.close(options), this.#withoutLane?.close()])
  }

  override async recycle(): Promise<void> {
    await Promise.all([super.recycle(), this.#withoutLane?.close()])
  }

  override [inspect.custom](): string {
    return this.#withoutLane === undefined ? super[inspect.custom]() : "Executor loop (by synckit's own way)"
  }

  /** The other way of calling, where there is no lane. */
  get #otherWay(): SynckitExecutor | undefined {
    if (this.#hasLane || this.#withoutLane !== undefined) return this.#withoutLane
    // None is started, not even to look at it.
    if (deepestHere() !== undefined) return undefined
    const synckit = this.#synckit
    if (synckit === undefined) {
      this.#hasLane = true
      return undefined
    }
    if (process.env.BRIDGE_LOOP !== 'synckit') {
      this.#spare = startBySynckit(synckit)
      this.#hasLane = this.#spare.worker !== undefined
    }
    if (!this.#hasLane) this.#withoutLane = new SynckitExecutor(this.name, synckit, this.#spare)
    return this.#withoutLane
  }

  get #synckit(): Synckit | undefined {
    this.#found ??= findSynckit() ?? 'none'
    return this.#found === 'none' ? undefined : this.#found
  }

  #startThread(data: StartData, isBlocking: boolean): Worker {
    const deepest = deepestHere()
    if (deepest !== undefined) throw loopsTooDeep(deepest)
    const synckit = this.#synckit
    if (synckit === undefined) return ownThread(data, { name: this.name, execArgv: inheritedExecArgv() })
    const { worker, ask } = this.#spare ?? startBySynckit(synckit)
    this.#spare = undefined
    if (worker === undefined)
      throw new WorkerLostError('loop: this Node does not tell of the workers it starts')
    worker.postMessage({ id: BEFORE_ALL_REQUESTS, args: [data] }, [data.port, data.life])
    // Only a caller that blocks can't see the worker's events, and needs synckit's guard to tell.
    if (isBlocking && ask() !== true) {
      throw new WorkerLostError(
        'loop: the thread came up without its lane; does another synckit than 0.12 run in it?'
      )
    }
    return worker
  }
}
