import { randomUUID } from 'node:crypto'
import { ExecutorClosedError } from '@bridge/core'
import { waitAtMost } from '@bridge/core/internal'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type {
  CallState,
  Connection,
  ConnectionEvents,
  SentCall,
  TakenCall,
  Taking
} from '../engine/engine.js'
import { checkFrame, tooLarge } from '../engine/frame-size.js'
import { Outbox } from '../engine/outbox.js'
import { forbidden, violationOf } from './forbidden.js'
import { isLostConnection } from './lost-connection.js'
import { NatsTaking } from './nats-taking.js'
import { PendingPublishes } from './pending-publishes.js'
import { Resends } from './resends.js'
import { Subjects } from './subjects.js'

/** The server's status for a message without a listener. */
const NO_LISTENER = 503
/** Milliseconds that closing waits until the last frames have reached the server. */
const FLUSH_TIMEOUT = 2000
/** No process's address. */
const NOWHERE = ''
const EMPTY = new Uint8Array(0)

/** A process's connection to a NATS server. */
export class NatsEngineConnection implements Connection {
  readonly address = randomUUID()
  readonly hasQueue = false
  readonly jobs = undefined
  readonly #client: NatsConnection
  readonly #subjects: Subjects
  readonly #events: ConnectionEvents
  readonly #reply: string
  readonly #pending: PendingPublishes
  readonly #outbox = new Outbox(isLostConnection)
  readonly #resends = new Resends()
  readonly #takings = new Set<NatsTaking>()
  /** What the server does not permit, by subject. */
  readonly #forbidden = new Map<string, Error>()
  #maxBytes: number
  #closing: Promise<void> | undefined

  constructor(client: NatsConnection, prefix: string, events: ConnectionEvents) {
    this.#client = client
    this.#subjects = new Subjects(prefix)
    this.#events = events
    this.#reply = this.#subjects.noListener(this.address)
    this.#pending = new PendingPublishes(() => client.flush())
    this.#maxBytes = client.info?.max_payload ?? 0
    client.subscribe(`${this.#reply}*`, { callback: (error, message) => this.#onReply(error, message) })
    this.#subscribe(this.address)
    // To learn whether this process may send frames. Nothing has this address.
    client.publish(this.#subjects.to(NOWHERE), EMPTY)
    void this.#watch()
  }

  /** Resolves when the server has processed what was sent, and throws the first error of these subjects. */
  async settled(subjects: readonly string[]): Promise<void> {
    await this.#client.flush()
    // The client reports what the server does not permit a few microtasks later.
    await new Promise(resolve => setImmediate(resolve))
    const error = subjects.map(subject => this.#forbidden.get(subject)).find(Boolean)
    if (error !== undefined) throw error
  }

  /** Resolves when the server has processed what was sent when the connection was opened. */
  async ready(): Promise<void> {
    const addresses = [this.address, NOWHERE].map(address => this.#subjects.to(address))
    await this.settled([...addresses, `${this.#reply}*`])
  }

  get maxBytes(): number {
    return this.#maxBytes
  }

  send({ queue, frame }: SentCall, onRefused: (error: Error | undefined) => void): void {
    const error = tooLarge('send()', frame, this.#maxBytes)
    if (error !== undefined) return queueMicrotask(() => onRefused(error))
    const subject = this.#subjects.calls(queue)
    const known = this.#forbidden.get(subject)
    if (known !== undefined) return queueMicrotask(() => onRefused(known))
    const noWorker = (): void => this.#resends.put(send, () => onRefused(undefined))
    const go = (): void => this.#publish(subject, frame, noWorker, onRefused)
    const send = (): void => this.#outbox.put(frame.byteLength, go, () => onRefused(this.#lost()))
    send()
  }

  async reclaim(): Promise<boolean> {
    return false
  }

  /** The server keeps no calls: a call is on its way to a worker, if there are any, or was lost. */
  async find(queue: string): Promise<CallState> {
    return (await this.hasWorkers(queue)) ? 'taken' : 'gone'
  }

  hasWorkers(queue: string): Promise<boolean> {
    return this.#outbox.request('hasWorkers()', async () => {
      let hasNoListener = false
      const subject = this.#subjects.presence(queue)
      this.#publish(subject, EMPTY, () => {
        hasNoListener = true
      })
      await this.settled([subject])
      return !hasNoListener
    })
  }

  post(address: string, frame: Uint8Array, onNoListener?: () => void): void {
    checkFrame('post()', frame, this.#maxBytes)
    const go = (): void => this.#publish(this.#subjects.to(address), frame, onNoListener)
    this.#outbox.put(frame.byteLength, go, () => {})
  }

  listen(address: string): Promise<void> {
    return this.#outbox.request('listen()', async () => {
      const subscription = this.#subscribe(address)
      try {
        await this.settled([this.#subjects.to(address)])
      } catch (error) {
        // The client would renew it when it has reconnected.
        subscription.unsubscribe()
        throw error
      }
    })
  }

  take(queues: readonly string[], atMost: number, onCall: (call: TakenCall) => void): Promise<Taking> {
    return this.#outbox.request('take()', async () => {
      const taking = new NatsTaking(this.#client, this.#subjects, queues, atMost, onCall, stopped =>
        this.#takings.delete(stopped)
      )
      this.#takings.add(taking)
      const subjects = queues.flatMap(queue => [this.#subjects.calls(queue), this.#subjects.presence(queue)])
      try {
        await this.settled(subjects)
      } catch (error) {
        // As above.
        void taking.stop()
        throw error
      }
      return taking
    })
  }

  async counts(): Promise<undefined> {
    return undefined
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const isUp = this.#outbox.isUp
    this.#outbox.close()
    this.#resends.close()
    for (const taking of this.#takings) void taking.stop()
    // Draining, and not only closing: otherwise other processes might find listeners here after the end.
    const drained = isUp ? this.#client.drain() : Promise.resolve()
    await waitAtMost(Promise.allSettled([drained]), FLUSH_TIMEOUT)
    this.#pending.clear()
    await this.#client.close()
  }

  #subscribe(address: string): Subscription {
    return this.#client.subscribe(this.#subjects.to(address), {
      callback: (error, message) => {
        if (error === null) this.#events.onFrame(message.data)
      }
    })
  }

  #publish(
    subject: string,
    frame: Uint8Array,
    onNoListener: (() => void) | undefined,
    onForbidden?: (error: Error) => void
  ): void {
    const reply = onNoListener && `${this.#reply}${this.#pending.add(subject, onNoListener, onForbidden)}`
    this.#client.publish(subject, frame, reply === undefined ? undefined : { reply })
  }

  #onReply(error: Error | null, message: Msg): void {
    if (error !== null || message.headers?.code !== NO_LISTENER) return
    this.#pending.notDelivered(Number(message.subject.slice(this.#reply.length)))
  }

  async #watch(): Promise<void> {
    for await (const status of this.#client.status()) {
      if (status.type === 'disconnect') this.#down()
      else if (status.type === 'reconnect') void this.#up()
      else if (status.type === 'error') this.#onError(status.error)
    }
    // The client has stopped reconnecting, which its options may allow.
    if (this.#closing === undefined) {
      this.#down()
      this.#outbox.close()
    }
  }

  #onError(cause: unknown): void {
    const violation = violationOf(cause)
    if (violation === undefined) return
    const error = forbidden(violation, this.#subjects.prefix, cause)
    this.#forbidden.set(violation.subject, error)
    this.#pending.forbid(violation.subject, error)
  }

  #down(): void {
    if (!this.#outbox.isUp || this.#closing !== undefined) return
    this.#outbox.down()
    this.#pending.clear()
    this.#forbidden.clear()
    this.#events.onStatus(false)
  }

  async #up(): Promise<void> {
    // The client renews its subscriptions after it has reported the reconnect.
    const isKnown = await this.#client.flush().then(
      () => true,
      () => false
    )
    if (!isKnown || this.#outbox.isUp || this.#closing !== undefined) return
    this.#maxBytes = this.#client.info?.max_payload ?? this.#maxBytes
    this.#resends.back()
    this.#outbox.up()
    this.#events.onStatus(true)
  }

  #lost(): Error {
    return new ExecutorClosedError(
      this.#closing === undefined
        ? 'send(): the NATS server is away, and too much waits for it already; send less, or later'
        : 'send(): the connection to the NATS server is closed; open another one'
    )
  }
}
