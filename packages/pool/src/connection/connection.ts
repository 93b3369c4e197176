import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Task, Transferable } from '@bridge/core/executor'
import type { SentArguments } from '../object/sent-arguments.js'
import { CancelMarks, cancelledMemory } from './cancelled.js'
import type { ConnectionEvents } from './connection-events.js'
import { Contexts } from './contexts.js'
import { FlatWriter } from './flat-writer.js'
import { Functions } from './functions.js'
import { askedWith } from './items-asked.js'
import { bytesOfHeads, ReadHeads, SentHeads } from './message-heads.js'
import { OutputWay } from './output-way.js'
import { RING_BYTES, Ring } from './ring.js'
import { putCall, reportOf } from './ring-calls.js'
import { separateCores } from './separate-cores.js'
import { takeMessage } from './take-message.js'
import { waker } from './waker.js'
import { type Watching, watch } from './watcher.js'
import {
  BUSY_WAITING,
  CALL,
  CONTROL_WORDS,
  clearReclaimed,
  END,
  ENDING,
  EXITED_SILENTLY,
  FUNCTION,
  GONE,
  HEAD,
  isAfter,
  PARENT_SENT,
  PARENT_WOKEN,
  PRINTED,
  REPLIES,
  REQUESTS,
  type Report,
  reclaimedWord,
  SHORTLY,
  SPINNING,
  THREAD_WOKEN,
  type ThreadData,
  TO_PARENT,
  TO_THREAD,
  type ToParent,
  type ToThread,
  UNREAD,
  WAKE,
  WAKE_COUNT,
  WAYS,
  WORKER_SENT
} from './wire.js'
import { WorkerState } from './worker-state.js'

const NOTHING: readonly Transferable[] = []

/** The parent's end of the connection with one thread. */
export class Connection {
  /** The data that the thread is started with; its ports must be transferred. */
  readonly threadData: ThreadData
  readonly #port: MessagePort
  readonly #events: ConnectionEvents
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS))
  readonly output = new OutputWay(this.#control)
  readonly worker = new WorkerState(this.#control)
  readonly #requests: Ring
  readonly #replies: Ring
  readonly #sentHeads: SentHeads
  readonly #readHeads: ReadHeads
  readonly #cancelled: CancelMarks
  readonly #functions = new Functions()
  readonly #contexts = new Contexts()
  readonly #written = new FlatWriter()
  /** Whether the written values begin with the context. A getter among the arguments may have had it sent meanwhile. */
  #hasContext = false
  /** Set until `watch()` hands it to the watcher. */
  #life: MessagePort | undefined
  #watching: Watching | undefined
  /** How many messages have arrived. */
  #received = 0
  /**
   * Reports that have arrived and are not handled yet. The callbacks that the thread called before run first, and one of
   * them may block here until just such a report arrives: the innermost wait then handles the reports, in order.
   */
  readonly #arrived: Report[] = []
  #isClosed = false
  #isAwaited = false
  /** Whether `flush` is scheduled. */
  #isWaking = false

  constructor(events: ConnectionEvents) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#events = events
    clearReclaimed(this.#control)
    const rings = new SharedArrayBuffer(2 * RING_BYTES)
    this.#requests = new Ring(rings, REQUESTS)
    this.#replies = new Ring(rings, REPLIES)
    const heads = new SharedArrayBuffer(bytesOfHeads(WAYS))
    this.#sentHeads = new SentHeads(heads, TO_THREAD)
    this.#readHeads = new ReadHeads(heads, TO_PARENT)
    const cancelled = cancelledMemory()
    this.#cancelled = new CancelMarks(cancelled)
    const life = new MessageChannel()
    this.#life = life.port1
    this.threadData = {
      port: port2,
      life: life.port2,
      wake: waker.word,
      control: this.#control,
      rings,
      heads,
      cancelled
    }
    port1.on('message', this.#onMessage)
    port1.on('messageerror', this.#onUnread)
    port1.on('close', this.#events.onCut)
    port1.unref()
    waker.add(this)
  }

  /** Keeps the process alive while an answer is awaited. */
  keepAlive(isAwaited: boolean): void {
    if (this.#isClosed || isAwaited === this.#isAwaited) return
    this.#isAwaited = isAwaited
    if (isAwaited) this.#port.ref()
    else this.#port.unref()
  }

  /** Reads what the thread printed before it sent what is about to be handled. */
  readPrinted(): void {
    if (!this.output.isUsed) return
    while (!this.#isClosed && Atomics.load(this.#control, WORKER_SENT) !== this.#received) {
      const message = takeMessage<ToParent>(this.#port, this.#onUnread)
      if (message === undefined) break
      this.#read(message)
    }
    // No event will announce these reports.
    if (this.#arrived.length > 0) queueMicrotask(this.#takeLater)
  }

  /** @throws DataCloneError when an argument can't be cloned. */
  call(
    id: number,
    task: Task,
    { args, references }: SentArguments,
    transferList?: readonly Transferable[]
  ): void {
    this.output.look()
    const { module, name, exportName, operation, keep, deadline, context } = task
    const known = this.#functions.find(task)
    const fn = known ?? this.#functions.take()
    if (known === undefined) this.send([FUNCTION, fn, module as string, exportName ?? name, operation, keep])
    if (operation === 'new') this.#post([HEAD, 0, args[0] as number, name], NOTHING)
    const number = this.#numberOf(context)
    this.send(
      [CALL, id, fn, args, deadline, number ?? context, references, askedWith(task)],
      transferList,
      id
    )
    // Only now: when cloning the call throws, the thread has not learned the context.
    if (known === undefined) this.#functions.add(task, fn)
    if (context !== undefined && number === undefined) this.#contexts.see(context)
  }

  /** The number of a context in a message. The ring is read first, and must not change the meaning of an earlier message. */
  #numberOf(context: Task['context']): number | undefined {
    if (context === undefined) return undefined
    const known = this.#contexts.find(context)
    if (known !== undefined || !this.#contexts.hasRoom || !this.#contexts.mayAdd(context)) return known
    return this.#contexts.numberOf(context, this.#requests)
  }

  /** Serializes a call for `callByRing`, which may run getters of its caller; `false` when it must be sent as a message. */
  write({ context }: Task, args: readonly unknown[]): boolean {
    const hasContext = context !== undefined && !this.#contexts.mayAdd(context)
    const isWritten = this.#written.write(hasContext ? [context, ...args] : args)
    if (isWritten) this.#hasContext = hasContext
    return isWritten
  }

  /**
   * Sends the call that `write` has serialized through the ring, to a thread that has started every call sent to it as a
   * message; `false` when it must be sent as one, because the thread does not know the function yet or the ring is full.
   */
  callByRing(id: number, task: Task, isBlocking: boolean): boolean {
    const { deadline, context, isCancellable } = task
    const fn = this.#functions.find(task)
    if (fn === undefined) return false
    const hasContext = this.#hasContext
    const number = context === undefined || hasContext ? 0 : this.#contexts.numberOf(context, this.#requests)
    if (number === undefined) return false
    const isPulled = askedWith(task) > 0
    const call = { id, fn, deadline, context: number, hasContext, isBlocking, isPulled }
    this.output.look()
    if (!putCall(this.#requests, this.#written, call)) return false
    if (hasContext && context !== undefined) this.#contexts.see(context)
    Atomics.store(this.#control, SPINNING, waker.tuner.spins ? SHORTLY : 0)
    // The caller of start() may be about to compute for long.
    const isAsleep = Atomics.load(this.#control, BUSY_WAITING) === 0
    if (isBlocking || isCancellable || isAsleep) this.#wakeThread()
    else if (!this.#isWaking) {
      this.#isWaking = true
      queueMicrotask(this.flush)
    }
    return true
  }

  /**
   * Sends a message. Its `head` tells the thread what the message is about when it can't be deserialized.
   *
   * @throws DataCloneError when the message can't be cloned.
   */
  send(message: ToThread, transferList: readonly Transferable[] = NOTHING, head = 0): void {
    if (!this.#sentHeads.write(head)) this.#post([HEAD, head], NOTHING)
    this.#post(message, transferList)
  }

  #post(message: ToThread, transferList: readonly Transferable[]): void {
    this.#port.postMessage(message, transferList)
    this.#sentHeads.count()
    Atomics.add(this.#control, PARENT_SENT, 1)
    if (Atomics.load(this.#control, BUSY_WAITING) === 1) this.notify()
  }

  /** Sets the word that a task can read even while it keeps its thread busy. */
  markCancelled(id: number): void {
    this.#cancelled.mark(id)
    // The task may be waiting for a callback.
    this.notify()
  }

  /** The call has been answered. */
  discardCancelled(id: number): void {
    this.#cancelled.discard(id)
  }

  /**
   * Forbids the thread to start any further call, and returns how many it has started. The thread counts first and
   * checks second, so a call that is not counted here never runs there.
   */
  forbidStarts(): number {
    Atomics.store(this.#control, ENDING, 1)
    return this.worker.started
  }

  /** Forbids the thread to start the call with this sequence number; `false` when it has already started. */
  reclaim(sequence: number): boolean {
    Atomics.store(this.#control, reclaimedWord(sequence), sequence)
    return isAfter(sequence, this.worker.started)
  }

  turn(): void {
    if (!this.#isClosed && Atomics.exchange(this.#control, THREAD_WOKEN, 1) === 0) this.send([WAKE])
  }

  separateCores(): boolean {
    return separateCores(this.#control, () => this.notify())
  }

  /**
   * From now on this thread detects the end of the worker even while it is blocked, however the worker ends.
   *
   * @throws WorkerLostError when the worker can't be watched.
   */
  watch(): void {
    this.#watching?.check()
    if (this.#life === undefined || this.#isClosed) return
    this.#watching = watch({ life: this.#life, control: this.#control, wake: waker.word })
    this.#life = undefined
  }

  /**
   * Wakes the thread to read its ring. Waking it for each of many calls would cost more than the calls, so it is woken
   * once for all calls that are made before this thread returns to its event loop, or blocks.
   */
  readonly flush = (): void => {
    if (!this.#isWaking) return
    this.#isWaking = false
    if (!this.#isClosed) this.#wakeThread()
  }

  /** Receives without the event loop, while this thread is blocked. */
  receive(): void {
    this.#events.onBefore()
    // Loaded first: everything that the thread sent before it set the word can then be read.
    const gone = Atomics.load(this.#control, GONE)
    if (gone !== 0 || Atomics.load(this.#control, WORKER_SENT) !== this.#received) this.receiveAll()
    else this.#take()
    if (gone !== 0 && !this.#isClosed) this.#events.onGone(gone === EXITED_SILENTLY)
  }

  /** Handles everything that has arrived. */
  receiveAll(): void {
    this.#take()
    while (!this.#isClosed) {
      const message = takeMessage<ToParent>(this.#port, this.#onUnread)
      if (message === undefined) return
      this.#onMessage(message)
    }
  }

  /** Wakes the thread when it waits for WAKE_COUNT to change. */
  notify(): void {
    Atomics.add(this.#control, WAKE_COUNT, 1)
    Atomics.notify(this.#control, WAKE_COUNT)
  }

  /** Tells the thread to end itself; nothing is sent or received any more. */
  end(): void {
    this.send([END])
    this.close()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    waker.delete(this)
    this.#port.off('message', this.#onMessage)
    this.#port.off('messageerror', this.#onUnread)
    this.#port.off('close', this.#events.onCut)
    this.#port.close()
    this.#life?.close()
  }

  readonly #onMessage = (message: ToParent): void => {
    this.#read(message)
    this.#take()
  }

  #read(message: ToParent): void {
    this.#received = (this.#received + 1) | 0
    this.#readHeads.count(message[0] === HEAD ? message[1] : undefined)
    // Reset before the ring is read: the thread sends another WAKE for what it writes later.
    if (message[0] === WAKE) Atomics.store(this.#control, PARENT_WOKEN, 0)
    else if (message[0] === PRINTED) this.#events.onPrinted(message)
    else if (message[0] !== HEAD) this.#arrived.push(message)
  }

  readonly #takeLater = (): void => this.#take()

  readonly #onUnread = ({ message: why }: Error): void => {
    this.#received = (this.#received + 1) | 0
    const head = this.#readHeads.unread()
    this.#arrived.push([UNREAD, Math.abs(head), head < 0 ? 'its error' : 'its result', why])
    this.#take()
  }

  /** Handles what has arrived: what is in the ring was sent before the messages. */
  #take(): void {
    this.takeReplies()
    while (this.#arrived.length > 0) {
      this.#events.onBefore()
      const report = this.#arrived.shift()
      if (report !== undefined) this.#events.onReport(report)
    }
  }

  takeReplies(): void {
    while (!this.#isClosed && !this.#replies.isEmpty) {
      // Output that was printed before a reply was posted before the reply was written, so it has arrived by now.
      this.readPrinted()
      this.#events.onBefore()
      const reply = this.#replies.take()
      if (reply === undefined) return
      this.#events.onReport(reportOf(reply))
    }
  }

  #wakeThread(): void {
    this.notify()
    if (Atomics.load(this.#control, BUSY_WAITING) === 0) this.turn()
  }
}
