import { waitAtMost } from '@bridge/core/internal'
import type { Redis } from 'ioredis'
import { Outbox } from '../engine/outbox.js'
import { makeClient } from './client.js'
import { isLostConnection } from './lost-connection.js'
import type { BullmqSettings } from './options.js'
import { ServerClock } from './server-clock.js'
import { Subscriptions } from './subscriptions.js'

/** Callbacks for a connection's status. */
export interface LinkEvents {
  onFrame(channel: string, frame: Uint8Array): void
  onDown(): void
  onUp(): void
}

/** The two clients of every connection. */
export interface LinkClients {
  /** For commands; commands in flight when the server is lost fail. */
  readonly commands: Redis
  /** For messages of channels. */
  readonly subscriber: Redis
}

/** The clients of a connection, and their status. */
export class Link {
  readonly commands: Redis
  readonly outbox = new Outbox(isLostConnection)
  readonly clock = new ServerClock()
  readonly subscriptions: Subscriptions
  readonly #subscriber: Redis
  readonly #settings: BullmqSettings
  readonly #events: LinkEvents
  #workers: Redis | undefined
  #isClosed = false

  constructor(settings: BullmqSettings, { commands, subscriber }: LinkClients, events: LinkEvents) {
    this.commands = commands
    this.#subscriber = subscriber
    this.#settings = settings
    this.#events = events
    this.subscriptions = new Subscriptions(subscriber)
    for (const client of [commands, subscriber]) {
      client.on('close', this.#onClose)
      client.on('ready', this.#onReady)
    }
    subscriber.on('messageBuffer', this.#onMessage)
  }

  /** The client of this process's workers; its commands are sent again after a loss. */
  get workers(): Redis {
    this.#workers ??= makeClient(this.#settings, { maxRetriesPerRequest: null, lazyConnect: false })
    return this.#workers
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Sends nothing more, and waits at most `milliseconds` for what was sent. */
  async finish(milliseconds: number): Promise<void> {
    const { isUp } = this.outbox
    this.#isClosed = true
    this.outbox.close()
    if (!isUp) return
    // Without unsubscribing, other processes might find listeners here after the end.
    const said = [this.subscriptions.clear(), this.commands.ping()]
    await waitAtMost(Promise.allSettled(said), milliseconds)
  }

  disconnect(): void {
    for (const client of [this.commands, this.#subscriber]) {
      client.off('close', this.#onClose)
      client.off('ready', this.#onReady)
    }
    this.#subscriber.off('messageBuffer', this.#onMessage)
    for (const client of [this.commands, this.#subscriber, this.#workers]) client?.disconnect()
  }

  readonly #onMessage = (channel: Buffer, message: Buffer): void => {
    this.#events.onFrame(channel.toString(), message)
  }

  readonly #onClose = (): void => {
    if (!this.outbox.isUp || this.#isClosed) return
    this.outbox.down()
    this.#events.onDown()
  }

  readonly #onReady = (): void => {
    if (this.commands.status === 'ready' && this.#subscriber.status === 'ready') void this.#up()
  }

  async #up(): Promise<void> {
    try {
      // `settled` resolves when earlier subscriptions have been made again, because they were requested before.
      await Promise.all([this.clock.read(this.commands), this.subscriptions.settled()])
    } catch {
      // Lost again; retried when it is ready the next time.
      return
    }
    if (this.outbox.isUp || this.#isClosed) return
    if (this.commands.status !== 'ready' || this.#subscriber.status !== 'ready') return
    this.outbox.up()
    this.#events.onUp()
  }
}
