import { setTimeout as delay } from 'node:timers/promises'
import { CallAbortedError, ExecutorClosedError } from '@bridge/core'
import type { Connection, Engine } from '../engine/engine.js'
import { WORKERS } from '../modules/addresses.js'
import { CANCEL, encodeFrame, type LoadHead, type Payload, WHO } from '../wire/frame.js'
import { encodeError } from '../wire/payload.js'
import type { SentCall } from './sent-call.js'

/** How many milliseconds workers have to report what they offer, and how much later than the others one may be. */
const OFFERS_WITHIN = 1000
const OFFERS_APART = 150

/** The maximum overhead of a frame around a message of a stream. */
const AROUND = 1024

/** Callbacks of a caller's connection. */
export interface CallerConnectionEvents {
  onFrame(bytes: Uint8Array): void
  onStatus(isUp: boolean): void
}

/** A caller's connection, which is opened when it is first needed, and the frames that it sends. */
export class CallerConnection {
  readonly #engine: Engine
  readonly #name: string
  readonly #events: CallerConnectionEvents
  /** The loads that have arrived for each pending request, by its number. */
  readonly #requests = new Map<number, LoadHead[]>()
  #lastRequest = 0
  #connection: Connection | undefined
  #connecting: Promise<Connection> | undefined
  #isClosed = false
  /** The connection's address as a part of the engine's ids. */
  token = ''

  constructor(engine: Engine, name: string, events: CallerConnectionEvents) {
    this.#engine = engine
    this.#name = name
    this.#events = events
  }

  /** The connection, once it is open. */
  get connection(): Connection | undefined {
    return this.#connection
  }

  get address(): string {
    return (this.#connection as Connection).address
  }

  /** The maximum number of bytes of a stream's message. */
  get mostInStream(): number {
    return (this.#connection?.maxBytes ?? Infinity) - AROUND
  }

  /** The connection, which is opened when it is first needed. */
  async connect(): Promise<Connection> {
    if (this.#isClosed) throw new ExecutorClosedError(`${this.#name} is closed; make a new one`)
    this.#connecting ??= this.#open()
    return this.#connecting
  }

  /** The loads of the workers of a queue, or of all workers; of those that answer in time. */
  async loads(address = WORKERS): Promise<LoadHead[]> {
    const connection = await this.connect()
    const loads: LoadHead[] = []
    const request = ++this.#lastRequest
    this.#requests.set(request, loads)
    let isMissed = false
    connection.post(address, encodeFrame(WHO, request, { from: connection.address }), () => {
      isMissed = true
    })
    const gives = performance.now() + OFFERS_WITHIN
    // It is not known how many will answer: when no more answers arrive for a while, all have answered.
    for (
      let count = -1;
      !isMissed && performance.now() < gives && (count !== loads.length || count === 0);
    ) {
      count = loads.length
      await delay(OFFERS_APART)
    }
    this.#requests.delete(request)
    return loads
  }

  /** To be called when a worker has reported its load. */
  onLoad(request: number, load: LoadHead): void {
    this.#requests.get(request)?.push(load)
  }

  post(
    to: string,
    kind: number,
    id: number,
    head: object,
    onNoListener?: () => void,
    payload?: Payload
  ): void {
    this.#connection?.post(to, encodeFrame(kind, id, head, payload), onNoListener)
  }

  /** Notifies the worker of a call that its caller no longer waits for it, with `reason`. */
  sendCancel({ id, where }: SentCall, worker: string, reason: unknown): void {
    const written = encodeError(reason)
    const isCarried = written.bytes.length <= this.mostInStream
    const payload = isCarried ? written : encodeError(new CallAbortedError(`${where} was cancelled`))
    this.post(worker, CANCEL, id, { from: this.address }, undefined, payload)
  }

  /** Closes the connection for good. */
  async close(): Promise<void> {
    this.#isClosed = true
    const connecting = this.#connecting
    if (connecting === undefined) return
    await connecting.then(
      connection => connection.close(),
      () => {}
    )
  }

  async #open(): Promise<Connection> {
    try {
      const connection = await this.#engine.connect({
        onFrame: bytes => this.#events.onFrame(bytes),
        onStatus: isUp => this.#events.onStatus(isUp)
      })
      this.#connection = connection
      this.token = connection.address.replaceAll(/[^\w-]/g, '_')
      return connection
    } catch (error) {
      this.#connecting = undefined
      throw error
    }
  }
}
