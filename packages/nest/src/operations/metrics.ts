import { tracingChannel } from 'node:diagnostics_channel'
import { BridgeError, type CallTrace } from '@bridge/core'
import { checkFunction } from '@bridge/core/internal'
import type { PoolStats } from '@bridge/pool'
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { ApplicationPools } from './application-pools.js'
import { Histogram, type Times } from './histogram.js'

/** Metrics of a task on one executor. */
export interface TaskMetrics {
  /** The function's name; `Class.method` for a method. */
  readonly task: string
  readonly executor: string
  /** How many calls have ended; a stream call ends with its stream. */
  readonly calls: number
  /** How many of them failed, by the `code` of a `BridgeError`; other errors count as `error`. */
  readonly errors: Readonly<Record<string, number>>
  /** How long they waited in queues, and how long their functions ran. */
  readonly wait: Times
  readonly run: Times
}

/** A call that has ended. */
export type EndedCall = Pick<
  CallTrace,
  'name' | 'kind' | 'module' | 'executor' | 'thread' | 'isStream' | 'waitTime' | 'runTime' | 'error'
>

interface Counted {
  calls: number
  readonly errors: Map<string, number>
  readonly wait: Histogram
  readonly run: Histogram
}

/** This many tasks are counted separately, further ones together. */
const MAX_TASKS = 1_000
const OTHERS = '(others)'

const logger = new Logger('BridgeMetrics')

/**
 * Counts the calls of this process by task and executor, and reports on the application's pools. It counts from its
 * creation on, at a small cost for each call, so the module does not provide it by itself: `providers: [BridgeMetrics]`.
 *
 * @example
 * ```ts
 * for (const { task, calls, run } of metrics.tasks()) console.log(task, calls, run.sum / calls)
 * ```
 */
@Injectable()
export class BridgeMetrics implements OnApplicationShutdown {
  readonly #pools: ApplicationPools
  readonly #counted = new Map<string, Map<string, Counted>>()
  readonly #listeners = new Set<(call: EndedCall) => void>()
  readonly #calls = tracingChannel<unknown, CallTrace>('bridge:call')
  #tasks = 0

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#pools = new ApplicationPools(modules)
    this.#calls.end.subscribe(this.#onSent) // removed by onApplicationShutdown
    this.#calls.asyncEnd.subscribe(this.#onSettled)
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.#calls.end.unsubscribe(this.#onSent)
    this.#calls.asyncEnd.unsubscribe(this.#onSettled)
  }

  /** The metrics so far. */
  tasks(): TaskMetrics[] {
    return [...this.#counted].flatMap(([executor, tasks]) =>
      [...tasks].map(([task, { calls, errors, wait, run }]) => ({
        task,
        executor,
        calls,
        errors: Object.fromEntries(errors),
        wait: wait.snapshot(),
        run: run.snapshot()
      }))
    )
  }

  /** The current statistics of the pools: threads, running and queued calls, and more. Other executors are left out. */
  pools(): (PoolStats & { readonly name: string })[] {
    return this.#pools.all.flatMap(({ executor, stats }) =>
      stats === undefined ? [] : [{ ...stats, name: executor.name }]
    )
  }

  /**
   * Calls the listener for each call that has ended, for metrics of another kind; returns a function that removes it.
   *
   * @throws InvalidArgumentError when the listener is not a function.
   * @example
   * ```ts
   * metrics.onCall(({ name, executor, runTime }) => histogram.observe({ task: name, executor }, runTime / 1000))
   * ```
   */
  onCall(listener: (call: EndedCall) => void): () => void {
    checkFunction('BridgeMetrics.onCall()', 'listener', listener)
    const own = (call: EndedCall): void => listener(call)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  // A call that blocks its caller has ended at this event; any other call has only been sent.
  readonly #onSent = (trace: unknown): void => {
    if ((trace as CallTrace).isBlocking) this.#count(trace as CallTrace)
  }

  readonly #onSettled = (trace: unknown): void => this.#count(trace as CallTrace)

  #count(trace: CallTrace): void {
    const counted = this.#countedOf(trace.executor, trace.name)
    counted.calls++
    counted.wait.add(trace.waitTime)
    counted.run.add(trace.runTime)
    if (trace.error !== undefined) {
      const kind = trace.error instanceof BridgeError ? trace.error.code : 'error'
      counted.errors.set(kind, (counted.errors.get(kind) ?? 0) + 1)
    }
    for (const listener of this.#listeners) notifyListener(listener, trace)
  }

  #countedOf(executor: string, task: string): Counted {
    const tasks = this.#counted.get(executor) ?? new Map<string, Counted>()
    this.#counted.set(executor, tasks)
    const known = tasks.get(task)
    if (known !== undefined) return known
    // Names of members may come from users' input, so their number must be bounded.
    if (++this.#tasks > MAX_TASKS && task !== OTHERS) return this.#countedOf(executor, OTHERS)
    const counted = { calls: 0, errors: new Map(), wait: new Histogram(), run: new Histogram() }
    tasks.set(task, counted)
    return counted
  }
}

/** Logs a listener's error, which would otherwise end the process. */
function notifyListener(listener: (call: EndedCall) => void, call: EndedCall): void {
  try {
    listener(call)
  } catch (error) {
    logger.error(error)
  }
}
