import type { MessagePort, Worker } from 'node:worker_threads'
import { decodeThrown, encodeThrown, type Task } from '@bridge/core/executor'
import { openStream, type PortStream, type StreamControl } from '@bridge/iter'
import { Lane } from '../lane/lane.js'
import {
  type Answer,
  CANCEL,
  DYING,
  EXIT,
  isAfter,
  nextPlace,
  STREAM,
  TAKEN_BACK_WORDS,
  THROWN,
  type ThreadData,
  type ToOwner
} from '../lane/wire.js'
import { newId } from './call-id.js'
import { HeldStream } from './held-stream.js'
import { type LastWords, lostError } from './lost-error.js'
import { QuickCall } from './quick-call.js'
import type { RunOwner, ThreadRun } from './thread-run.js'

/** Makes the worker that will serve a lane; `isBlocking` when this thread is about to block on it. */
export type StartWorker = (data: ThreadData, isBlocking: boolean) => Worker

/** What a thread tells the executor that owns it. */
export interface ThreadEvents {
  /** A call has run for so long. */
  onRan(task: Task, milliseconds: number): void
  /** A call has ended, so there is room for another. */
  onFree(thread: Thread): void
  /** The thread has ended or is being ended; it takes no more calls. */
  onLost(thread: Thread): void
}

/**
 * One worker thread: what runs and streams there, and how it ends. Making one throws what keeps the worker from being
 * made, such as a flag that no thread takes.
 */
export class Thread {
  readonly #name: string
  readonly #events: ThreadEvents
  readonly #lane: Lane
  readonly #worker: Worker
  readonly #runs = new Map<number, ThreadRun>()
  /** The place of each run among the calls that were sent, in that order. */
  readonly #places = new Map<ThreadRun, number>()
  #sent = 0
  /** How many of the calls here are not known to be short. */
  #long = 0
  /** How many calls had been started when somebody looked last. */
  #startedBefore = 0
  /** Whether a call runs here that keeps others waiting. */
  #isStuck = false
  #quick: QuickCall | undefined
  readonly #streams = new Set<StreamControl>()
  readonly #lastWords: LastWords = {}
  #isLost = false
  #exited: Promise<void>

  constructor(name: string, start: StartWorker, events: ThreadEvents, isBlocking: boolean) {
    this.#name = name
    this.#events = events
    this.#lane = new Lane({ onMessage: this.#onMessage, onGone: () => this.#lost() })
    try {
      this.#worker = start(this.#lane.threadData, isBlocking)
    } catch (error) {
      this.#lane.close()
      throw error
    }
    this.#worker.unref()
    this.#exited = new Promise(resolve => {
      const onError = (error: unknown): void => {
        this.#lastWords.thrown ??= error
        this.#lost()
      }
      const onExit = (code: number): void => {
        this.#worker.off('error', onError)
        this.#worker.off('exit', onExit)
        this.#lastWords.code ??= code
        this.#lost()
        resolve()
      }
      this.#worker.on('error', onError)
      this.#worker.on('exit', onExit)
    })
  }

  /** How many calls run here. An open stream is none: it holds no place. */
  get load(): number {
    return this.#quick === undefined ? this.#runs.size : this.#runs.size + 1
  }

  /** Whether a short call may wait here without waiting long. */
  get isBusyWithShort(): boolean {
    return this.#long === 0 && !this.#isStuck
  }

  get threadId(): number {
    return this.#worker.threadId
  }

  get openStreams(): number {
    return this.#streams.size
  }

  /**
   * Sends a call to the thread.
   *
   * @throws DataCloneError when an argument can't be cloned.
   */
  send(run: ThreadRun): void {
    this.#lane.call(run.id, run.task)
    this.#sent = nextPlace(this.#sent)
    this.#runs.set(run.id, run)
    this.#places.set(run, this.#sent)
    if (!run.isShort) this.#long++
    if (this.#runs.size === 1) this.#lane.ref()
  }

  /** Starts a blocking call the shortest way; `undefined` when it has to take the usual one. */
  callQuickly(task: Task, owner: RunOwner): QuickCall | undefined {
    if (this.#quick !== undefined || this.#sent !== this.#lane.started) return undefined
    const id = newId()
    if (!this.#lane.callBySlot(id, task)) return undefined
    this.#sent = nextPlace(this.#sent)
    this.#quick = new QuickCall(id, task, owner)
    return this.#quick
  }

  /** As the tuner takes it. */
  comeApart(): boolean {
    return this.#lane.comeApart()
  }

  /** Takes back the calls beyond `kept` that have not started, when none has since this was asked last. */
  takeBackIfStuck(kept: number): void {
    const { started } = this.#lane
    if (started !== this.#startedBefore || this.#sent === started) {
      this.#startedBefore = started
      return
    }
    const waiting = [...this.#places].filter(([, place]) => isAfter(place, started))
    // With nothing running there, the thread is about to start: a large message takes its time to arrive.
    const excess = waiting.length === this.#places.size ? 0 : this.load - kept
    // Each call that the thread has not come to yet needs a word of its own.
    if (excess <= 0 || ((this.#sent - started) | 0) > TAKEN_BACK_WORDS) return
    this.#isStuck = true
    for (const [run, place] of waiting.slice(-excess).reverse()) {
      if (!this.#lane.takeBack(place)) continue
      this.#forget(run)
      run.recall()
    }
    this.#events.onFree(this)
  }

  /**
   * Tells a task that nobody waits for it any more. `false` when the thread has not started it: it never will then,
   * and has nothing to clean up.
   */
  cancel(run: ThreadRun, reason: unknown): boolean {
    this.#lane.markCancelled(run.id)
    const place = this.#places.get(run)
    if (place !== undefined && isAfter(place, this.#lane.started)) {
      this.#forget(run)
      this.#events.onFree(this)
      return false
    }
    this.#lane.send([CANCEL, run.id, encodeThrown(reason)])
    return true
  }

  /** Whether the thread is inside a step of this run's generator. */
  isStepping(run: ThreadRun): boolean {
    return this.#lane.isStepping(run.id)
  }

  /** Ends every stream with `reason`; resolves when their generators have cleaned up. */
  async stopStreams(reason: unknown): Promise<void> {
    const streams = [...this.#streams]
    for (const stream of streams) stream.abort(reason)
    await Promise.all(streams.map(stream => stream.ended))
  }

  /** Asks everything that runs here to stop. */
  cancelAll(reason: unknown): void {
    for (const run of [...this.#runs.values()]) run.cancel(reason)
  }

  /** Ends the thread; what runs or streams there fails with `WorkerLostError`, what has not started is moved. */
  kill(why: string): Promise<void> {
    // Whoever waits for the end must not see the process end first.
    this.#worker.ref()
    this.#lost(why)
    return this.#exited
  }

  readonly #onMessage = (message: ToOwner): void => {
    if (message[0] === DYING) {
      this.#lastWords.thrown = decodeThrown(message[1])
      return
    }
    if (message[0] === EXIT) {
      this.#lastWords.code = message[1]
      this.#lost()
      return
    }
    this.#isStuck = false
    if (message[1] === this.#quick?.id) {
      this.#endQuick(this.#quick, message)
      return
    }
    const run = this.#runs.get(message[1])
    if (run === undefined) return
    this.#forget(run)
    if (message[0] === STREAM) run.settle({ stream: new HeldStream(this.#openStream(message[2], run)) })
    else if (message[0] === THROWN) run.settle({ thrown: message[2] })
    else {
      this.#events.onRan(run.task, message[3])
      run.settle({ value: message[2] })
    }
    this.#events.onFree(this)
  }

  #endQuick(call: QuickCall, message: Answer): void {
    this.#quick = undefined
    if (message[0] === THROWN) call.settle({ thrown: message[2] })
    else if (message[0] === STREAM) {
      call.settle({ stream: new HeldStream(this.#openStream(message[2], call.asRun(this))) })
    } else {
      this.#events.onRan(call.task, message[3])
      call.settle({ value: message[2] }, message[3])
    }
    this.#events.onFree(this)
  }

  #forget(run: ThreadRun): void {
    this.#runs.delete(run.id)
    this.#places.delete(run)
    if (!run.isShort) this.#long--
    if (this.#runs.size === 0) this.#lane.unref()
  }

  #openStream(port: MessagePort, run: ThreadRun): PortStream<unknown> {
    const stream: PortStream<unknown> = openStream(port, {
      blocker: run,
      onEnd: () => {
        this.#streams.delete(control)
        run.onStreamEnd()
      },
      onStuck: () => run.onStreamStuck()
    })
    // Not the stream itself: one that its user drops must be collected, which stops its generator.
    const { control } = stream
    this.#streams.add(control)
    return stream
  }

  #lost(why?: string): void {
    if (this.#isLost) return
    this.#isLost = true
    const started = this.#lane.forbidStarts()
    this.#lane.close()
    void this.#worker.terminate()
    // A thread that came to its end before its first call would come to the same end again.
    const cameUp = started !== 0 || why !== undefined
    for (const [run, place] of this.#places) {
      if (isAfter(place, started) && cameUp) run.recall()
      else
        run.settle({
          thrown: encodeThrown(lostError(`${run.task.name}()`, this.#name, this.#lastWords, why))
        })
    }
    if (this.#quick !== undefined) {
      if (isAfter(this.#sent, started) && cameUp) this.#quick.recall()
      else
        this.#quick.settle({
          reason: lostError(`${this.#quick.task.name}()`, this.#name, this.#lastWords, why)
        })
      this.#quick = undefined
    }
    this.#runs.clear()
    this.#places.clear()
    for (const stream of this.#streams) stream.fail(lostError('the stream', this.#name, this.#lastWords, why))
    this.#streams.clear()
    this.#events.onLost(this)
  }
}
