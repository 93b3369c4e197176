import type { MessagePort } from 'node:worker_threads'
import { now, type Run, type StreamSource, type Task } from '@bridge/core/executor'
import type { TakenCall } from '../engine/engine.js'
import type { PortMessage } from '../thread/stream.js'
import type { CallHead, Payload } from '../wire/frame.js'

/** A call that this worker has taken, until its result was sent. */
export class ServedCall {
  readonly id: number
  readonly head: CallHead
  readonly #taken: TakenCall
  readonly began = now()
  /** Its encoded arguments; kept if another worker may still run it. */
  readonly payload: Payload | undefined
  run: Run | undefined
  /** The pool writes here how long the call waited, if its caller wants to know. */
  readonly trace: NonNullable<Task['trace']> | undefined
  /** Whether it has been acknowledged to its caller. */
  isAcknowledged = false
  /** Whether its caller no longer waits. */
  isCancelled = false
  stream: ServedStream | undefined
  #isOver = false

  constructor(id: number, head: CallHead, taken: TakenCall, payload?: Payload) {
    this.id = id
    this.head = head
    this.#taken = taken
    this.payload = payload
    this.trace = head.isTraced === true ? { waitTime: 0 } : undefined
  }

  /** When it must have ended; its time includes that in the engine's queue. */
  get deadline(): number | undefined {
    const { left } = this.head
    return left === undefined ? undefined : this.began + left - this.#taken.age
  }

  /** How long it has waited, in the engine's queue and in the pool's, in milliseconds. */
  get waited(): number {
    return this.#taken.age + (this.trace?.waitTime ?? 0)
  }

  cancel(reason: unknown): void {
    this.isCancelled = true
    this.run?.cancel(reason)
  }

  /** To be called when it has ended, so that there is room for another call. */
  over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#taken.done()
  }
}

/** The stream of a call: the port to its generator in a thread of the pool. */
export class ServedStream {
  readonly #port: MessagePort
  readonly #source: StreamSource
  readonly #onMessage: (message: PortMessage) => void
  readonly #over: Promise<void>
  #onOver: () => void = () => {}
  /** How many frames of it were sent. */
  sent = 0
  /** How many frames of it have arrived. */
  arrivals = 0

  /** `send` gets the generator's messages, and `undefined` at its end. */
  constructor(port: MessagePort, source: StreamSource, send: (payload: Payload | undefined) => void) {
    this.#port = port
    this.#source = source
    this.#onMessage = message => {
      this.sent++
      if (message !== 'closed') return send({ codec: message[0], bytes: message[1] })
      send(undefined)
      this.#onOver()
    }
    port.on('message', this.#onMessage)
    this.#over = new Promise(resolve => {
      this.#onOver = resolve
    })
    port.on('close', this.#onOver)
  }

  /** Resolves when the generator has ended, including its `finally`; rejects when its thread is lost. */
  async ended(): Promise<void> {
    try {
      await this.#source.next()
      // The pool reports its end separately, which may be faster than the last items.
      await this.#over
    } finally {
      this.#port.off('message', this.#onMessage)
      this.#port.off('close', this.#onOver)
      this.#port.close()
    }
  }

  /** To be called with each message of the consumer. */
  arrived({ codec, bytes }: Payload): void {
    this.arrivals++
    // A copy, because the bytes are a view of a message that may contain other frames.
    const own = new Uint8Array(bytes)
    this.#port.postMessage([codec, own] satisfies PortMessage, [own.buffer])
  }

  /** The consumer's end was closed. */
  closed(): void {
    this.arrivals++
    this.#port.postMessage('closed' satisfies PortMessage)
  }
}
