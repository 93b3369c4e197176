import { randomUUID } from 'node:crypto'
import { ExecutorClosedError } from '@bridge/core'
import type {
  CallState,
  Connection,
  ConnectionEvents,
  QueueCounts,
  SentCall,
  TakenCall,
  Taking
} from '../engine/engine.js'
import { checkFrame, tooLarge } from '../engine/frame-size.js'
import { bufferOf } from './buffer.js'
import { BullmqJobs } from './bullmq-jobs.js'
import { CallQueues } from './call-queues.js'
import { takeCalls } from './call-taker.js'
import { Link, type LinkClients } from './link.js'
import { Names } from './names.js'
import type { BullmqSettings } from './options.js'
import { Presence } from './presence.js'
import { Queues } from './queues.js'
import { Takings } from './takings.js'

/** Larger frames could fill the server's buffer for a subscriber, which the server would then disconnect. */
const MAX_BYTES = 8 * 1024 * 1024
/** Milliseconds that closing waits for the server to take the last frames. */
const FLUSH_TIMEOUT = 2000

/** A process's connection to a Redis server. */
export class BullmqConnection implements Connection {
  readonly address = randomUUID()
  readonly maxBytes = MAX_BYTES
  readonly hasQueue = true
  readonly jobs: BullmqJobs
  readonly #names: Names
  readonly #link: Link
  readonly #presence: Presence
  readonly #queues: Queues
  readonly #calls: CallQueues
  readonly #takings: Takings
  readonly #settings: BullmqSettings
  #closing: Promise<void> | undefined

  constructor(settings: BullmqSettings, clients: LinkClients, events: ConnectionEvents) {
    const ended = new Map<string, Set<() => void>>()
    this.#settings = settings
    this.#names = new Names(settings.prefix)
    this.#presence = new Presence(queue => this.#stats(queue))
    this.#link = new Link(settings, clients, {
      onFrame: (channel, frame) => {
        const waiting = ended.get(channel)
        if (waiting === undefined) events.onFrame(frame)
        else for (const onEnd of [...waiting]) onEnd()
      },
      onDown: () => {
        this.#presence.lost()
        events.onStatus(false)
      },
      onUp: () => {
        this.#presence.back()
        events.onStatus(true)
      }
    })
    this.#queues = new Queues(clients.commands, settings.prefix)
    this.#takings = new Takings()
    this.#calls = new CallQueues(this.#names, this.#link, this.#queues)
    this.jobs = new BullmqJobs(
      { settings, names: this.#names, link: this.#link, queues: this.#queues, takings: this.#takings },
      ended,
      this.maxBytes
    )
  }

  async ready(): Promise<void> {
    await this.#refuseCluster()
    await this.#link.subscriptions.add(this.#names.to(this.address))
    await this.#link.clock.read(this.#link.commands)
  }

  send(call: SentCall, onRefused: (error: Error | undefined) => void): void {
    const error = tooLarge('send()', call.frame, this.maxBytes)
    if (error !== undefined) return queueMicrotask(() => onRefused(error))
    this.#link.outbox.put(
      call.frame.byteLength,
      () => this.#send(call, onRefused),
      () => onRefused(this.#lost())
    )
  }

  reclaim(queue: string, id: string): Promise<boolean> {
    return this.#link.outbox.request('reclaim()', () => this.#calls.reclaim(queue, id))
  }

  find(queue: string, id: string): Promise<CallState> {
    return this.#link.outbox.request('find()', () => this.#calls.find(queue, id))
  }

  hasWorkers(queue: string): Promise<boolean> {
    return this.#link.outbox.request('hasWorkers()', () => this.#presence.ask(queue))
  }

  post(address: string, frame: Uint8Array, onNoListener?: () => void): void {
    checkFrame('post()', frame, this.maxBytes)
    const go = (): void => {
      this.#link.commands.publish(this.#names.to(address), bufferOf(frame)).then(
        count => {
          if (count === 0) onNoListener?.()
        },
        // Lost with the connection, which `onStatus` reports.
        () => {}
      )
    }
    this.#link.outbox.put(frame.byteLength, go, () => {})
  }

  listen(address: string): Promise<void> {
    const channel = this.#names.to(address)
    return this.#link.outbox.request('listen()', () => this.#link.subscriptions.add(channel))
  }

  take(queues: readonly string[], atMost: number, onCall: (call: TakenCall) => void): Promise<Taking> {
    const { lockDuration } = this.#settings
    const at = { names: this.#names, link: this.#link, takings: this.#takings, lockDuration }
    return this.#link.outbox.request('take()', () => takeCalls(at, queues, atMost, onCall))
  }

  counts(queue: string): Promise<QueueCounts> {
    return this.#link.outbox.request('counts()', () => this.#calls.counts(queue))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { isUp } = this.#link.outbox
    this.#presence.lost()
    const finishing = this.#link.finish(FLUSH_TIMEOUT)
    this.jobs.close()
    await finishing
    await this.#takings.close(isUp)
    await this.#queues.close()
    this.#link.disconnect()
  }

  /** Each node of a Redis Cluster knows only its own subscribers. A login may lack the permission to ask. */
  async #refuseCluster(): Promise<void> {
    const info = await this.#link.commands.info('cluster').catch(() => '')
    if (!/^cluster_enabled:1/m.test(String(info))) return
    throw new Error(
      `bullmq(): ${this.#settings.url} is a node of a Redis Cluster, which does not tell which processes listen; use a server ` +
        'that is not in a cluster, such as one with Sentinel, for the calls'
    )
  }

  #send(call: SentCall, onRefused: (error: Error | undefined) => void): void {
    const added = this.#calls.add(call, onRefused)
    this.#presence.watch(call.queue, async () => {
      await added
      // If it is lost with the connection, or was taken after all, it is not refused.
      const isBack = await this.#calls.reclaim(call.queue, call.id).catch(() => false)
      if (isBack) onRefused(undefined)
    })
  }

  async #stats(queue: string): Promise<boolean> {
    const [, count] = await this.#link.commands.pubsub('NUMSUB', this.#names.presence(queue))
    return Number(count) > 0
  }

  #lost(): Error {
    return new ExecutorClosedError(
      this.#closing === undefined
        ? 'send(): the Redis server is away, and too much waits for it already; send less, or later'
        : 'send(): the connection to the Redis server is closed; open another one'
    )
  }
}
