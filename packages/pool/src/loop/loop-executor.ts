import { inspect } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { WorkerLostError } from '@bridge/core'
import type { Run, Task } from '@bridge/core/executor'
import { loopsTooDeep } from '../callback/deadlock-errors.js'
import type { StartData } from '../connection/wire.js'
import { IMPORT_TIMEOUT, MAX_ABANDONED, STUCK_GRACE } from '../options.js'
import type { CloseOptions } from '../pool.js'
import { inheritedExecArgv } from '../thread/exec-argv.js'
import { Output } from '../thread/output.js'
import { ownThread } from '../thread/own-worker.js'
import { deepestHere } from '../thread/thread-count.js'
import { ThreadExecutor } from '../thread-executor.js'
import { ONE_THREAD } from './one-thread.js'
import { findSynckit, type Started, type Synckit, startBySynckit } from './synckit.js'
import { SynckitExecutor } from './synckit-executor.js'

/** Below every id that synckit uses for its requests, so that it skips the answer to our message. */
const BEFORE_ALL_REQUESTS = -1

/**
 * An executor of one event-loop thread, which synckit starts. Calls use the connection, as those of a pool do; if the
 * connection can't be handed over, or `BRIDGE_LOOP=synckit` is set, they use synckit's own way, which blocks for
 * awaited calls too. In a bundle, where there is no synckit, it starts its thread as a pool does.
 */
export class LoopExecutor extends ThreadExecutor {
  /** `undefined` until it is searched for. */
  #found: Synckit | 'none' | undefined
  /** A thread that was started to find out whether it can have a connection. */
  #spare: Started | undefined
  #hasConnection = false
  #withoutConnection: SynckitExecutor | undefined

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

  /** Only the connection carries objects, so if it is not known yet whether there is one, the thread is started. */
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
    await Promise.all([super.close(options), this.#withoutConnection?.close()])
  }

  override async recycle(): Promise<void> {
    await Promise.all([super.recycle(), this.#withoutConnection?.close()])
  }

  override [inspect.custom](): string {
    return this.#withoutConnection === undefined
      ? super[inspect.custom]()
      : "Executor loop (by synckit's own way)"
  }

  /** The executor without a connection, if there can be none. */
  get #otherWay(): SynckitExecutor | undefined {
    if (this.#hasConnection || this.#withoutConnection !== undefined) return this.#withoutConnection
    // No thread is started, not even to find out.
    if (deepestHere() !== undefined) return undefined
    const synckit = this.#synckit
    if (synckit === undefined) {
      this.#hasConnection = true
      return undefined
    }
    if (process.env.BRIDGE_LOOP !== 'synckit') {
      this.#spare = startBySynckit(synckit)
      this.#hasConnection = this.#spare.worker !== undefined
    }
    if (!this.#hasConnection) this.#withoutConnection = new SynckitExecutor(this.name, synckit, this.#spare)
    return this.#withoutConnection
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
      throw new WorkerLostError('loop: this runtime does not report the workers it starts')
    worker.postMessage({ id: BEFORE_ALL_REQUESTS, args: [data] }, [data.port, data.life])
    // Only a blocked caller can't get the worker's events, and needs synckit's guard.
    if (isBlocking && ask() !== true) {
      throw new WorkerLostError(
        'loop: the thread started without its connection; does another synckit than 0.12 run in it?'
      )
    }
    return worker
  }
}
