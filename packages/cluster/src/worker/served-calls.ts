import type { MessagePort } from 'node:worker_threads'
import { CallAbortedError, QueueFullError, WorkerLostError } from '@bridge/core'
import { encodeThrown, isSource, now, type StreamSource } from '@bridge/core/executor'
import { adopt, waitAtMost } from '@bridge/core/internal'
import type { Connection, TakenCall } from '../engine/engine.js'
import { withoutPaths } from '../thread/hide-paths.js'
import { fromBytes, GAVE_VALUE, type ThreadResult } from '../thread/request.js'
import {
  ASK,
  CALL,
  CANCEL,
  type CallHead,
  CLOSED,
  encodeFrame,
  type Frame,
  type FromHead,
  framesIn,
  type IdsHead,
  ITEMS,
  LOAD,
  type LoadHead,
  MARK,
  type Payload,
  PING,
  type PingHead,
  type RefusedHead,
  ROOM,
  SEEN,
  type SeenHead,
  type ShareHead,
  STREAM,
  SURPLUS,
  THROWN,
  VALUE,
  WHO
} from '../wire/frame.js'
import { decodeError, encodeErrorForm } from '../wire/payload.js'
import { Acknowledgements } from './acknowledgements.js'
import { Callers } from './callers.js'
import { EarlyCancels } from './early-cancels.js'
import { Flows } from './flows.js'
import { ForwardedCalls } from './forwarded-calls.js'
import { Outbox } from './outbox.js'
import { Questions } from './questions.js'
import { keyOfCall, Results } from './results.js'
import { ServedCall, ServedStream } from './served-call.js'
import { Sharing, type SharingEvents } from './sharing.js'
import { type ServedBy, taskOf } from './task-of.js'

/** The calls that a worker process has taken: runs them in its pool, and sends the results to their callers. */
export class ServedCalls {
  readonly #connection: Connection
  readonly #by: ServedBy
  readonly #outbox: Outbox
  readonly #flows: Flows
  readonly #results: Results
  readonly #questions: Questions
  readonly #earlyCancels = new EarlyCancels()
  readonly #callers: Callers
  readonly #calls = new Map<string, Map<number, ServedCall>>()
  readonly #unacknowledged = new Acknowledgements((from, ids) => this.#questions.sendTaken(from, ids))
  /** The calls that run in the pool or wait for it, in order of arrival. */
  readonly #held = new Set<ServedCall>()
  readonly #forwarded = new ForwardedCalls()
  readonly #sharing: Sharing | undefined
  #isLeaving = false
  #onIdle: (() => void) | undefined
  #size = 0

  constructor(connection: Connection, by: ServedBy) {
    this.#connection = connection
    this.#by = by
    this.#outbox = new Outbox(connection, () => this.#held.size > 0)
    this.#flows = new Flows({
      sendMark: (caller, { number: mark, asked }) =>
        this.#outbox.post(caller, encodeFrame(MARK, 0, { worker: connection.address, mark, asked })),
      onBusy: caller => this.#callers.alive(caller),
      onFree: caller => {
        if (!this.#calls.has(caller)) this.#callers.leave(caller)
      }
    })
    this.#results = new Results(connection, this.#outbox, this.#flows)
    this.#questions = new Questions({
      worker: connection.address,
      calls: this.#calls,
      results: this.#results,
      flows: this.#flows,
      forwarded: this.#forwarded,
      outbox: this.#outbox
    })
    // If calls wait in the engine's queue, they go to free workers anyway.
    if (!connection.hasQueue) this.#sharing = new Sharing(this.#sharingEvents())
    this.#callers = new Callers(
      (caller, onNoListener) => this.#questions.askThere(caller, undefined, onNoListener),
      caller => this.#onGone(caller)
    )
  }

  /** The number of calls, including streams. */
  get size(): number {
    return this.#size
  }

  onStatus(isUp: boolean): void {
    this.#callers.onStatus(isUp)
  }

  /** To be called with each call of the engine. */
  take(taken: TakenCall): void {
    for (const frame of framesIn(taken.frame)) {
      if (frame.kind === CALL) return this.#start(frame, taken)
    }
    // Of another version, or of another program: its caller will find no worker that has it.
    taken.done()
  }

  /** To be called with each frame to this worker's address; a call arrives here by affinity, or if another worker forwards it. */
  onFrame(bytes: Uint8Array): void {
    for (const frame of framesIn(bytes)) {
      const { from } = frame.head as FromHead
      if (typeof from !== 'string') continue
      if (frame.kind === CALL) this.#start(frame, { frame: bytes, age: 0, done() {} })
      else if (frame.kind === SURPLUS) this.#onSurplus(frame.head as ShareHead)
      else if (frame.kind === ROOM) this.#onRoom(frame.head as ShareHead)
      else if (frame.kind === WHO) this.#sendLoad(from, frame.id)
      else if (frame.kind === SEEN) this.#flows.onSeen(from, (frame.head as SeenHead).mark)
      else if (frame.kind === ASK) this.#questions.onAsk(from, (frame.head as IdsHead).ids)
      else if (frame.kind === PING) {
        if (this.#calls.has(from)) this.#callers.alive(from)
        this.#questions.onPing(from, frame.head as PingHead)
      } else this.#onOrder(from, frame)
    }
  }

  /** Takes no more calls, and resolves when all have ended, or were stopped after `timeout` milliseconds. */
  async leave(timeout: number): Promise<void> {
    this.#isLeaving = true
    const until = now() + timeout
    if (this.#size > 0) {
      const left = new Promise<void>(resolve => {
        this.#onIdle = resolve
      })
      const timer = setTimeout(() => this.#stopAll(), timeout)
      await left
      clearTimeout(timer)
    }
    await waitAtMost(this.#flows.empty(), Math.max(0, until - now()))
    this.#outbox.flush()
    this.#flows.end()
    this.#callers.end()
    this.#unacknowledged.end()
    this.#sharing?.end()
  }

  #start(frame: Frame, taken: TakenCall): void {
    const head = frame.head as CallHead
    const call = new ServedCall(
      frame.id,
      head,
      taken,
      this.#sharing === undefined ? undefined : frame.payload
    )
    if (this.#isKnown(call)) return taken.done()
    const reason = this.#earlyCancels.take(keyOfCall(head.from, call.id))
    if (reason !== undefined) return this.#answer(call, THROWN, undefined, reason)
    if (this.#isLeaving) return this.#refuse(call, 'leaving', 'it is being stopped')
    const named = { name: head.module, version: head.version }
    const module = this.#by.offers.find(named)
    if (module === undefined) return this.#refuse(call, 'unknown', this.#by.offers.refusal(named))
    this.#add(call)
    this.#held.add(call)
    call.run = this.#by.pool.start(taskOf(call, module, frame, this.#by))
    this.#unacknowledged.add(call)
    this.#sharing?.added()
    adopt(call.run.promise).then(
      outcome => this.#onOutcome(call, outcome),
      (error: unknown) => this.#onLost(call, error)
    )
  }

  /** A call that is sent again because its acknowledgement or result was lost is not run again: the lost frame is repeated. */
  #isKnown({ id, head: { from } }: ServedCall): boolean {
    if (this.#calls.get(from)?.has(id) !== true) return this.#results.again(from, id)
    this.#questions.sendTaken(from, [id])
    return true
  }

  #onOutcome(call: ServedCall, outcome: unknown): void {
    if (isSource(outcome)) return void this.#stream(call, outcome as StreamSource<{ port: MessagePort }>)
    const [kind, codec, bytes] = outcome as ThreadResult
    const payload = { codec, bytes: fromBytes(bytes) }
    this.#answer(call, kind === GAVE_VALUE ? VALUE : THROWN, this.#timesOf(call), payload)
  }

  /** To be called when the pool has ended a call: its thread was lost, or its time is over. */
  #onLost(call: ServedCall, error: unknown): void {
    if (error instanceof QueueFullError) {
      this.#remove(call)
      return this.#refuse(call, 'full', error.message)
    }
    const thrown = encodeThrown(error)
    const shown = this.#by.hidePaths ? withoutPaths(thrown, '') : thrown
    const head = error instanceof WorkerLostError ? { lost: true } : undefined
    this.#answer(call, THROWN, head, encodeErrorForm(shown))
  }

  async #stream(call: ServedCall, source: StreamSource<{ port: MessagePort }>): Promise<void> {
    try {
      const first = await source.next()
      if (first.done === true) throw new CallAbortedError(`${call.head.name}() was cancelled`)
      const stream = new ServedStream(first.value.port, source, payload =>
        this.#post(call, encodeFrame(payload === undefined ? CLOSED : ITEMS, call.id, undefined, payload))
      )
      call.stream = stream
      call.isAcknowledged = true
      const head = { worker: this.#connection.address, ...this.#timesOf(call) }
      this.#post(call, encodeFrame(STREAM, call.id, head))
      // As in a pool, a stream does not count as running: a consumer may leave it open for long.
      this.#leavePool(call)
      await stream.ended()
      this.#remove(call)
    } catch (error) {
      this.#onStreamLost(call, error)
    }
  }

  /** Sends a frame of a stream. */
  #post({ id, head: { from } }: ServedCall, frame: Uint8Array): void {
    const leave = (): void => this.#outbox.post(from, frame)
    this.#flows.post(from, { id, bytes: frame.length, isResult: false, leave })
  }

  /** To be called when the thread of a stream is lost: reports it to the consumer as for a call. */
  #onStreamLost(call: ServedCall, error: unknown): void {
    const payload = encodeErrorForm(encodeThrown(error))
    this.#answer(call, THROWN, error instanceof WorkerLostError ? { lost: true } : undefined, payload)
  }

  #answer(call: ServedCall, kind: number, head: object | undefined, payload: Payload): void {
    this.#remove(call)
    this.#results.answer(call, kind, head, payload)
  }

  #refuse(call: ServedCall, why: RefusedHead['why'], message: string): void {
    call.over()
    this.#results.refuse(call, why, message)
  }

  #add(call: ServedCall): void {
    const { from } = call.head
    let calls = this.#calls.get(from)
    if (calls === undefined) {
      calls = new Map()
      this.#calls.set(from, calls)
    }
    calls.set(call.id, call)
    this.#size++
    this.#callers.alive(from)
  }

  #remove(call: ServedCall): void {
    const { from } = call.head
    const calls = this.#calls.get(from)
    this.#unacknowledged.delete(call)
    this.#leavePool(call)
    if (calls?.get(call.id) !== call) return
    calls.delete(call.id)
    this.#size--
    if (calls.size === 0) {
      this.#calls.delete(from)
      if (!this.#flows.isBusy(from)) this.#callers.leave(from)
    }
    if (this.#size === 0) this.#onIdle?.()
  }

  #leavePool(call: ServedCall): void {
    call.over()
    if (this.#held.delete(call) && !this.#isLeaving) this.#sharing?.removed()
  }

  #sharingEvents(): SharingEvents {
    return {
      places: this.#by.places,
      held: this.#held,
      addressOf: ({ head }) => this.#by.addressOf({ name: head.module, version: head.version }),
      sendSurplus: (address, count) =>
        this.#outbox.post(
          address,
          encodeFrame(SURPLUS, 0, { from: this.#connection.address, queue: address, count })
        ),
      sendRoom: (worker, queue, count) =>
        this.#outbox.post(worker, encodeFrame(ROOM, 0, { from: this.#connection.address, queue, count })),
      forward: (call, worker) => this.#forward(call, worker)
    }
  }

  #onSurplus({ from, queue }: ShareHead): void {
    if (from !== this.#connection.address && !this.#isLeaving) this.#sharing?.onSurplus(from, queue)
  }

  #onRoom({ from, queue, count }: ShareHead): void {
    this.#sharing?.onRoom(from, queue, count)
  }

  #forward(call: ServedCall, worker: string): boolean {
    if (call.isCancelled || call.run?.dequeue?.() !== true) return false
    const { head, id, deadline, payload } = call
    this.#remove(call)
    const left = deadline === undefined ? {} : { left: deadline - now() }
    const frame = encodeFrame(CALL, id, { ...head, ...left }, payload)
    this.#forwarded.add(keyOfCall(head.from, id), worker)
    this.#outbox.post(worker, frame, () => this.onFrame(frame))
    return true
  }

  #onOrder(from: string, frame: Frame): void {
    const call = this.#calls.get(from)?.get(frame.id)
    if (call === undefined) {
      const key = keyOfCall(from, frame.id)
      const other = this.#forwarded.find(key)
      if (other !== undefined) {
        this.#outbox.post(other, encodeFrame(frame.kind, frame.id, frame.head as object, frame.payload))
      } else if (frame.kind === CANCEL) this.#earlyCancels.add(key, frame.payload)
      return
    }
    this.#callers.alive(from)
    if (frame.kind === CANCEL) call.cancel(decodeError(`${call.head.name}()`, frame.payload))
    else if (frame.kind === ITEMS) call.stream?.arrived(frame.payload)
    else if (frame.kind === CLOSED) call.stream?.closed()
  }

  #onGone(caller: string): void {
    this.#flows.drop(caller)
    const calls = [...(this.#calls.get(caller)?.values() ?? [])]
    for (const call of calls) call.cancel(new CallAbortedError(`${call.head.name}(): its caller is gone`))
  }

  #stopAll(): void {
    for (const calls of this.#calls.values()) {
      for (const call of calls.values()) {
        call.cancel(new WorkerLostError(`${call.head.name}(): its worker was stopped`))
      }
    }
  }

  #sendLoad(from: string, request: number): void {
    const { running, queued } = this.load
    const load = { worker: this.#connection.address, offers: this.#by.offers.all, running, queued }
    const head: LoadHead = this.#isLeaving ? { ...load, isLeaving: true } : load
    this.#outbox.post(from, encodeFrame(LOAD, request, head))
  }

  /** How many calls run in the pool, and how many wait for it. */
  get load(): { running: number; queued: number } {
    const { running, queued } = this.#by.pool.stats()
    return { running, queued }
  }

  #timesOf(call: ServedCall): object | undefined {
    if (call.head.isTraced !== true) return undefined
    return { wait: call.waited, worker: this.#connection.address }
  }
}
