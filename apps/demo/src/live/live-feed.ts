import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { type CallTrace, currentSignal } from '@bridge/core'
import { getPoolToken } from '@bridge/nest'
import type { Pool, ThreadTrace } from '@bridge/pool'
import { Inject, Injectable } from '@nestjs/common'
import { fleet } from '../cluster/machines.js'
import { LoopLag } from './loop-lag.js'

/** The live events of the page; times are milliseconds since the server was started. */
export type LiveEvent =
  | { readonly type: 'tick'; readonly data: Tick }
  | { readonly type: 'call'; readonly data: EndedCall }
  | { readonly type: 'thread'; readonly data: ThreadEvent }

export interface Tick {
  readonly at: number
  /** How late the event loop was since the last tick, in milliseconds. */
  readonly delay: number
  readonly pools: readonly PoolState[]
}

export interface PoolState {
  readonly name: string
  readonly threads: readonly number[]
  readonly running: number
  readonly queued: number
}

export interface EndedCall {
  readonly at: number
  readonly task: string
  readonly executor: string
  readonly thread: number | undefined
  readonly wait: number
  readonly run: number
  readonly error: string | undefined
}

export interface ThreadEvent {
  readonly at: number
  readonly pool: string
  readonly thread: number
  readonly event: 'started' | 'ended'
  readonly cause: string | undefined
}

/** Ten points per second. */
const TICK = 100
/** For a client that does not read, the oldest events are dropped. */
const MAX_WAITING = 1_000
const THREADS = 'bridge:pool:thread'

/** The events of the pools, for any number of readers; without readers nothing is observed. */
@Injectable()
export class LiveFeed {
  readonly #pools: readonly Pool[]
  readonly #lag: LoopLag
  readonly #calls = tracingChannel<unknown, CallTrace>('bridge:call')
  readonly #readers = new Set<(event: LiveEvent) => void>()
  #timer: NodeJS.Timeout | undefined

  constructor(
    @Inject(LoopLag) lag: LoopLag,
    @Inject(getPoolToken()) flights: Pool,
    @Inject(getPoolToken('stuck')) stuck: Pool,
    @Inject(getPoolToken('traced')) traced: Pool
  ) {
    this.#lag = lag
    // A cluster's threads are in other processes.
    this.#pools = fleet === undefined ? [flights, stuck, traced] : [stuck, traced]
  }

  /** The events from now on, until the reader stops. */
  async *read(): AsyncGenerator<LiveEvent> {
    const waiting: LiveEvent[] = []
    const signal = currentSignal()
    const isGone = (): boolean => signal?.aborted === true
    let arrive: (() => void) | undefined
    const reader = (event: LiveEvent): void => {
      waiting.push(event)
      if (waiting.length > MAX_WAITING) waiting.shift()
      arrive?.()
    }
    const leave = (): void => arrive?.()
    this.#add(reader)
    signal?.addEventListener('abort', leave)
    try {
      while (!isGone()) {
        yield* waiting.splice(0)
        if (waiting.length > 0 || isGone()) continue
        await new Promise<void>(resolve => {
          arrive = resolve
        })
      }
    } finally {
      signal?.removeEventListener('abort', leave)
      this.#remove(reader)
    }
  }

  #add(reader: (event: LiveEvent) => void): void {
    this.#readers.add(reader)
    if (this.#readers.size > 1) return
    this.#lag.read()
    this.#timer = setInterval(() => this.#emit({ type: 'tick', data: this.#tick() }), TICK)
    this.#calls.asyncEnd.subscribe(this.#onCall)
    subscribe(THREADS, this.#onThread)
  }

  #remove(reader: (event: LiveEvent) => void): void {
    this.#readers.delete(reader)
    if (this.#readers.size > 0) return
    clearInterval(this.#timer)
    this.#calls.asyncEnd.unsubscribe(this.#onCall)
    unsubscribe(THREADS, this.#onThread)
  }

  #emit(event: LiveEvent): void {
    for (const reader of this.#readers) reader(event)
  }

  #tick(): Tick {
    return {
      at: now(),
      delay: this.#lag.read().max,
      pools: this.#pools.map(pool => {
        const { threadIds, running, queued } = pool.stats()
        return { name: pool.name, threads: threadIds, running, queued }
      })
    }
  }

  readonly #onCall = (message: unknown): void => {
    const { name, executor, thread, waitTime, runTime, error } = message as CallTrace
    this.#emit({
      type: 'call',
      data: {
        at: now(),
        task: name,
        executor,
        thread,
        wait: rounded(waitTime),
        run: rounded(runTime),
        error: error === undefined ? undefined : ((error as { code?: string }).code ?? 'error')
      }
    })
  }

  readonly #onThread = (message: unknown): void => {
    const trace = message as ThreadTrace
    const cause = trace.event === 'ended' ? trace.cause : undefined
    this.#emit({
      type: 'thread',
      data: { at: now(), pool: trace.pool, thread: trace.threadId, event: trace.event, cause }
    })
  }
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10
const now = (): number => rounded(performance.now())
