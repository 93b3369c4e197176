import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Task, Transferable } from '@bridge/core/executor'
import type { SentArguments } from '../object/sent-arguments.js'
import { CancelMarks, cancelledMemory } from './cancelled.js'
import { comeApart } from './come-apart.js'
import { Contexts } from './contexts.js'
import { FlatWriter } from './flat-writer.js'
import { Functions } from './functions.js'
import { askedWith } from './items-asked.js'
import type { LaneEvents } from './lane-events.js'
import { bytesOfHeads, ReadHeads, SentHeads } from './message-heads.js'
import { OutputWay } from './output-way.js'
import { RING_BYTES, Ring } from './ring.js'
import { putCall, reportOf } from './ring-calls.js'
import { takeMessage } from './take-message.js'
import { waker } from './waker.js'
import { type Watching, watch } from './watcher.js'
import {
  BELL,
  CALL,
  CONTROL_WORDS,
  clearTakenBack,
  END,
  ENDING,
  FUNCTION,
  GENERATORS,
  GONE,
  HEAD,
  isAfter,
  LINGERING,
  OWNER_WOKEN,
  POSTED,
  PRINTED,
  REPLIES,
  REQUESTS,
  type Report,
  SENT,
  SHORTLY,
  SPINNING,
  STARTED,
  STEP,
  STEPPING,
  THREAD_WOKEN,
  type ThreadData,
  TO_OWNER,
  TO_THREAD,
  type ToOwner,
  type ToThread,
  TURNS,
  takenBackWord,
  UNREAD,
  VANISHED,
  WAKE,
  WAYS
} from './wire.js'

const NOTHING: readonly Transferable[] = []

/** The owner's end of the connection with one thread. */
export class Lane {
  /** What the thread is given, and what must be transferred with it. */
  readonly threadData: ThreadData
  readonly #port: MessagePort
  readonly #events: LaneEvents
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * CONTROL_WORDS))
  readonly output = new OutputWay(this.#control)
  readonly #requests: Ring
  readonly #replies: Ring
  readonly #sentHeads: SentHeads
  readonly #readHeads: ReadHeads
  readonly #cancelled: CancelMarks
  readonly #functions = new Functions()
  readonly #contexts = new Contexts()
  readonly #written = new FlatWriter()
  /** Whether what is written has its context before the arguments. A getter among them may have that told meanwhile. */
  #hasContext = false
  /** Until somebody watches it. */
  #life: MessagePort | undefined
  #watching: Watching | undefined
  /** How many messages have arrived. */
  #received = 0
  /**
   * What has arrived and is not told yet: before it is, callbacks run that the thread asked for before, and one that
   * blocks here may wait for just this. The wait that comes to it first tells it, in order.
   */
  readonly #arrived: Report[] = []
  #isClosed = false
  #isAwaited = false
  /** Whether the thread will be woken soon. */
  #isWaking = false

  constructor(events: LaneEvents) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#events = events
    clearTakenBack(this.#control)
    const rings = new SharedArrayBuffer(2 * RING_BYTES)
    this.#requests = new Ring(rings, REQUESTS)
    this.#replies = new Ring(rings, REPLIES)
    const heads = new SharedArrayBuffer(bytesOfHeads(WAYS))
    this.#sentHeads = new SentHeads(heads, TO_THREAD)
    this.#readHeads = new ReadHeads(heads, TO_OWNER)
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

  /** Whether the process is kept alive, because an answer is awaited. */
  keepAlive(isAwaited: boolean): void {
    if (this.#isClosed || isAwaited === this.#isAwaited) return
    this.#isAwaited = isAwaited
    if (isAwaited) this.#port.ref()
    else this.#port.unref()
  }

  /** Reads what the thread has printed before it told what is about to be done. */
  readPrinted(): void {
    if (!this.output.isUsed) return
    while (!this.#isClosed && Atomics.load(this.#control, SENT) !== this.#received) {
      const message = takeMessage<ToOwner>(this.#port, this.#onUnread)
      if (message === undefined) break
      this.#read(message)
    }
    // No event will tell of them.
    if (this.#arrived.length > 0) queueMicrotask(this.#takeLater)
  }

  /** @throws DataCloneError when an argument can't be cloned. */
  call(id: number, task: Task, { args, references }: SentArguments, moves?: readonly Transferable[]): void {
    this.output.look()
    const { module, name, operation, keep, deadline, context } = task
    const known = this.#functions.find(task)
    const fn = known ?? this.#functions.take()
    if (known === undefined) this.send([FUNCTION, fn, module as string, name, operation, keep])
    if (operation === 'new') this.#post([HEAD, 0, args[0] as number, name], NOTHING)
    const number = this.#numberOf(context)
    this.send([CALL, id, fn, args, deadline, number ?? context, references, askedWith(task)], moves, id)
    // Only now: a call that could not be cloned leaves the thread behind in what it has read.
    if (known === undefined) this.#functions.add(task, fn)
    if (context !== undefined && number === undefined) this.#contexts.see(context)
  }

  /** Its number in a message: what the ring tells is read first, and must not change what a message before it means. */
  #numberOf(context: Task['context']): number | undefined {
    if (context === undefined) return undefined
    const known = this.#contexts.find(context)
    if (known !== undefined || !this.#contexts.hasRoom || !this.#contexts.mayAdd(context)) return known
    return this.#contexts.told(context, this.#requests)
  }

  /** Collects what a call sends, for `callByRing`, which may run getters of its caller's; `false` where it has to go as a message. */
  write({ context }: Task, args: readonly unknown[]): boolean {
    const hasContext = context !== undefined && !this.#contexts.mayAdd(context)
    const isWritten = this.#written.write(hasContext ? [context, ...args] : args)
    if (isWritten) this.#hasContext = hasContext
    return isWritten
  }

  /**
   * Sends a call that was written through the ring, to a thread that has started every call it was sent as a message;
   * `false` when it has to go as one, because the thread does not know the function yet or there is no room.
   */
  callByRing(id: number, task: Task, isBlocking: boolean): boolean {
    const { deadline, context, isCancellable } = task
    const fn = this.#functions.find(task)
    if (fn === undefined) return false
    const hasContext = this.#hasContext
    const number = context === undefined || hasContext ? 0 : this.#contexts.told(context, this.#requests)
    if (number === undefined) return false
    const isPulled = askedWith(task) > 0
    const call = { id, fn, deadline, context: number, hasContext, isBlocking, isPulled }
    this.output.look()
    if (!putCall(this.#requests, this.#written, call)) return false
    if (hasContext && context !== undefined) this.#contexts.see(context)
    Atomics.store(this.#control, SPINNING, waker.tuner.spins ? SHORTLY : 0)
    // Who started it by start() may be about to compute for long.
    const isAsleep = Atomics.load(this.#control, LINGERING) === 0
    if (isBlocking || isCancellable || isAsleep) this.#wakeThread()
    else if (!this.#isWaking) {
      this.#isWaking = true
      queueMicrotask(this.flush)
    }
    return true
  }

  /**
   * Sends a message; what it `moves` is transferred. Its `head` says what it is about where it can't be read.
   *
   * @throws DataCloneError when what is sent can't be cloned.
   */
  send(message: ToThread, moves: readonly Transferable[] = NOTHING, head = 0): void {
    if (!this.#sentHeads.write(head)) this.#post([HEAD, head], NOTHING)
    this.#post(message, moves)
  }

  #post(message: ToThread, moves: readonly Transferable[]): void {
    this.#port.postMessage(message, moves)
    this.#sentHeads.count()
    Atomics.add(this.#control, POSTED, 1)
    if (Atomics.load(this.#control, LINGERING) === 1) this.ring()
  }

  /** Sets the word that a task sees even while its thread is in a loop. */
  markCancelled(id: number): void {
    this.#cancelled.mark(id)
    // It may be waiting for a callback.
    this.ring()
  }

  /** The call has been answered. */
  forgetCancelled(id: number): void {
    this.#cancelled.forget(id)
  }

  /**
   * Forbids the thread to start any further call, and tells how many it has started. The thread counts first and
   * looks second, so a call that is not counted here never runs there.
   */
  forbidStarts(): number {
    Atomics.store(this.#control, ENDING, 1)
    return this.started
  }

  /** Forbids the thread to start the call that was sent at this place; `false` when it has started it already. */
  takeBack(place: number): boolean {
    Atomics.store(this.#control, takenBackWord(place), place)
    return isAfter(place, this.started)
  }

  /** How many calls the thread has started, in the order they were sent. */
  get started(): number {
    return Atomics.load(this.#control, STARTED)
  }

  /** The id of the call whose generator the thread is inside a step of; 0 where it is inside none. */
  get stepping(): number {
    return Atomics.load(this.#control, STEPPING)
  }

  /** The number of the step under way, or of the last one; each has another. To be read after `stepping`. */
  get step(): number {
    return Atomics.load(this.#control, STEP)
  }

  /** How many generators live on the thread that have not ended, their streams read or not. */
  get generators(): number {
    return Atomics.load(this.#control, GENERATORS)
  }

  /** Changes with the turns of the thread's event loop that `turn` asks for. */
  get turns(): number {
    return Atomics.load(this.#control, TURNS)
  }

  /** Has the thread's event loop turn. */
  turn(): void {
    if (!this.#isClosed && Atomics.exchange(this.#control, THREAD_WOKEN, 1) === 0) this.send([WAKE])
  }

  /** As the tuner takes it. */
  comeApart(): boolean {
    return comeApart(this.#control, () => this.ring())
  }

  /**
   * From now on this thread learns of the other one's end while it is blocked, however that one ends.
   *
   * @throws WorkerLostError when it can't.
   */
  watch(): void {
    this.#watching?.check()
    if (this.#life === undefined || this.#isClosed) return
    this.#watching = watch({ life: this.#life, control: this.#control, wake: waker.word })
    this.#life = undefined
  }

  /**
   * Wakes the thread for what was written to its ring. A thread that was woken for each of many calls would do little
   * but wake up, so it is woken once for all that are made before this one comes back to its event loop, or blocks.
   */
  readonly flush = (): void => {
    if (!this.#isWaking) return
    this.#isWaking = false
    if (!this.#isClosed) this.#wakeThread()
  }

  /** Takes what has arrived without the event loop, while this thread is blocked. */
  receive(): void {
    this.#events.onBefore()
    // Looked at first: whatever the thread sent before it set the word can then be read.
    const gone = Atomics.load(this.#control, GONE)
    if (gone !== 0 || Atomics.load(this.#control, SENT) !== this.#received) this.receiveAll()
    else this.#take()
    if (gone !== 0 && !this.#isClosed) this.#events.onGone(gone === VANISHED)
  }

  /** Takes everything that has arrived. */
  receiveAll(): void {
    this.#take()
    while (!this.#isClosed) {
      const message = takeMessage<ToOwner>(this.#port, this.#onUnread)
      if (message === undefined) return
      this.#onMessage(message)
    }
  }

  /** Wakes the thread where it waits on its bell. */
  ring(): void {
    Atomics.add(this.#control, BELL, 1)
    Atomics.notify(this.#control, BELL)
  }

  /** Has the thread end itself; nothing is sent or taken any more. */
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

  readonly #onMessage = (message: ToOwner): void => {
    this.#read(message)
    this.#take()
  }

  #read(message: ToOwner): void {
    this.#received = (this.#received + 1) | 0
    this.#readHeads.count(message[0] === HEAD ? message[1] : undefined)
    // Before looking: what comes later sends another one.
    if (message[0] === WAKE) Atomics.store(this.#control, OWNER_WOKEN, 0)
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

  /** Tells what has arrived: what is in the ring was sent before the messages. */
  #take(): void {
    this.takeReplies()
    while (this.#arrived.length > 0) {
      this.#events.onBefore()
      const report = this.#arrived.shift()
      if (report !== undefined) this.#events.onReport(report)
    }
  }

  /** Takes what is in the ring. */
  takeReplies(): void {
    while (!this.#isClosed && !this.#replies.isEmpty) {
      // What was printed before a reply was posted before the reply was written, and so is there by now.
      this.readPrinted()
      this.#events.onBefore()
      const reply = this.#replies.take()
      if (reply === undefined) return
      this.#events.onReport(reportOf(reply))
    }
  }

  #wakeThread(): void {
    this.ring()
    if (Atomics.load(this.#control, LINGERING) === 0) this.turn()
  }
}
