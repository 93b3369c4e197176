import { CallAbortedError, InvalidArgumentError, PayloadTooLargeError, TaskNotFoundError } from '@bridge/core'
import {
  CANCEL,
  CLOSED,
  type Frame,
  framesIn,
  ITEMS,
  LOAD,
  type LoadHead,
  MARK,
  type MarkHead,
  type Payload,
  PONG,
  type PongHead,
  REFUSED,
  type RefusedHead,
  STREAM,
  TAKEN,
  type TakenHead,
  THERE,
  THROWN,
  type ThrownHead,
  VALUE
} from '../wire/frame.js'
import { decodeError, decodePayload, encodeError } from '../wire/payload.js'
import type { CallerConnection } from './caller-connection.js'
import { allFull, itemsLost, resultLost } from './lost.js'
import type { SentCall } from './sent-call.js'

/** What incoming frames mean for calls. */
export interface CallEvents {
  readonly calls: ReadonlyMap<number, SentCall>
  /** A frame of the worker has arrived. */
  alive(worker: string): void
  /** A worker asks what has arrived. */
  onMark(head: MarkHead): void
  /** The call has settled, and its stream, if it has one, has ended. */
  remove(call: SentCall): void
  fail(call: SentCall, error: unknown): void
  /** The call has not run in this attempt. */
  failUnrun(call: SentCall, error: Error): void
  /** The call may have run, and its outcome is not known. */
  markLost(call: SentCall, error: Error): void
  /** The call was refused without being run: another worker may have room. */
  resend(call: SentCall, error: Error): void
  /** The same, because the worker is being stopped. */
  onLeaving(call: SentCall, worker: string): void
  /** The call is sent once more; `lost` is why it may have run already. */
  retry(call: SentCall, lost: Error): void
}

/** Processes the frames of workers about the calls that were sent to them. */
export class IncomingFrames {
  readonly #link: CallerConnection
  readonly #events: CallEvents

  constructor(line: CallerConnection, fates: CallEvents) {
    this.#link = line
    this.#events = fates
  }

  onFrame(bytes: Uint8Array): void {
    for (const frame of framesIn(bytes)) {
      if (frame.kind === TAKEN) this.#onTaken(frame.head as TakenHead)
      else if (frame.kind === PONG) this.#onPong(frame.head as PongHead)
      else if (frame.kind === THERE) this.#onThere(frame.head as TakenHead)
      else if (frame.kind === MARK) this.#events.onMark(frame.head as MarkHead)
      else if (frame.kind === LOAD) this.#link.onLoad(frame.id, frame.head as LoadHead)
      else {
        const call = this.#events.calls.get(frame.id)
        if (call !== undefined) this.#onAnswer(call, frame)
      }
    }
  }

  #onAnswer(call: SentCall, frame: Frame): void {
    const { where } = call
    switch (frame.kind) {
      case VALUE:
        this.#noteRun(call, frame)
        try {
          call.resolve(decodePayload(where, 'its result', frame.payload))
        } catch (error) {
          call.reject(error)
        }
        return this.#events.remove(call)
      case THROWN: {
        this.#noteRun(call, frame)
        const error = decodeError(where, frame.payload)
        if ((frame.head as Partial<ThrownHead>).lost === true && call.mayRetry)
          return this.#events.retry(call, error as Error)
        return this.#events.fail(call, error)
      }
      case STREAM:
        this.#noteRun(call, frame)
        return this.#onStream(call, frame.head as { worker: string })
      case REFUSED:
        return this.#onRefused(call, frame.head as RefusedHead)
      case ITEMS:
        return call.stream?.arrived(frame.payload)
      case CLOSED:
        // The frame that opens the stream may have been lost: the worker will be asked.
        if (call.stream === undefined) return
        call.stream.closed()
        // All of the stream has arrived, however slowly it is read: the worker is done with it.
        return this.#events.remove(call)
    }
  }

  #noteRun({ task: { trace } }: SentCall, { head }: Frame): void {
    const { wait, worker } = head as { wait?: number; worker?: string }
    if (trace === undefined) return
    trace.waitTime = wait ?? 0
    trace.worker = worker
  }

  #onStream(call: SentCall, { worker }: { worker: string }): void {
    call.worker = worker
    if (call.stream !== undefined) return
    if ((call.task.retries ?? 0) > 0) {
      this.#events.fail(call, streamRetried(call))
      return this.#link.sendCancel(call, worker, streamRetried(call))
    }
    const head = { from: this.#link.address }
    const say = (kind: number, payload?: Payload): void => {
      const most = this.#link.mostInStream
      const length = payload?.bytes.length ?? 0
      if (length > most)
        throw new PayloadTooLargeError(`${call.where}: a message to its stream has`, length, most)
      call.framesSent++
      this.#link.post(worker, kind, call.id, head, undefined, payload)
    }
    const events = {
      send: (payload: Payload) => say(ITEMS, payload),
      closed: () => say(CLOSED),
      ended: () => this.#events.remove(call),
      stuck: () => this.#link.sendCancel(call, worker, stopped(call))
    }
    call.stream = call.open(call.task, events, stream => call.resolve(stream))
  }

  #onRefused(call: SentCall, { why, message, worker }: RefusedHead): void {
    const text = `the worker ${worker} refuses it: ${message}`
    if (why === 'unknown') {
      const cause = Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' })
      return this.#events.failUnrun(call, new TaskNotFoundError(`${call.where}: ${text}`, { cause }))
    }
    if (why === 'leaving') this.#events.onLeaving(call, worker)
    else this.#events.resend(call, allFull(call, text))
  }

  #onTaken({ worker, ids }: TakenHead): void {
    this.#events.alive(worker)
    for (const id of ids) {
      const call = this.#events.calls.get(id)
      if (call === undefined) continue
      call.worker = worker
      if (call.task.trace !== undefined) call.task.trace.worker = worker
      if (call.cancelled !== undefined) this.#link.sendCancel(call, worker, call.cancelled.reason)
    }
  }

  /** If a cancellation was lost, a worker continues with calls for which no caller waits; they are cancelled again. */
  #onThere({ worker, ids = [] }: Partial<TakenHead>): void {
    if (worker === undefined) return
    const head = { from: this.#link.address }
    const reason = encodeError(new CallAbortedError('its caller no longer waits for it'))
    for (const id of ids)
      if (!this.#events.calls.has(id)) this.#link.post(worker, CANCEL, id, head, undefined, reason)
  }

  #onPong({ worker, unknown, sent, lost = [] }: PongHead): void {
    this.#events.alive(worker)
    for (const id of unknown) {
      const call = this.#events.calls.get(id)
      // A call that was sent again in the meantime belongs to another worker.
      if (call?.worker === worker) this.#events.markLost(call, resultLost(call, worker))
    }
    for (const call of this.#events.calls.values()) {
      // The cancellation may have been lost.
      if (call.worker === worker && call.cancelled !== undefined)
        this.#link.sendCancel(call, worker, call.cancelled.reason)
    }
    for (const [id, frames] of sent) {
      const call = this.#events.calls.get(id)
      if (call?.worker !== worker) continue
      // The frame that opens the stream was lost, and nothing of the stream has arrived.
      if (call.stream === undefined && frames === 0) this.#onStream(call, { worker })
      else if ((call.stream?.arrivals ?? 0) < frames) this.#events.markLost(call, itemsLost(call))
    }
    for (const id of lost) {
      const call = this.#events.calls.get(id)
      if (call?.stream !== undefined) this.#events.markLost(call, itemsLost(call))
    }
  }
}

function streamRetried(call: SentCall): Error {
  return new InvalidArgumentError(
    `${call.where} returns a stream, which is not sent again; leave retries out`
  )
}

function stopped(call: SentCall): Error {
  return new CallAbortedError(`${call.where}: its consumer has stopped its stream`)
}
