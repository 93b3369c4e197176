import { tracingChannel } from 'node:diagnostics_channel'
import { BridgeError, type CallTrace } from '@bridge/core'
import { checkFunction } from '@bridge/core/internal'
import type { PoolStats } from '@bridge/pool'
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { ApplicationPools } from './application-pools.js'
import { Histogram, type Times } from './histogram.js'

/** What is counted of a task on one executor. */
export interface TaskMetrics {
  /** The function's name, `Class.method` of a method. */
  readonly task: string
  readonly executor: string
  /** How many calls have ended; of a stream when that has. */
  readonly calls: number
  /** How many of them failed: by the `code` of a `BridgeError`, and else as `error`. */
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

/** So many tasks are told apart; what comes then is counted together. */
const MAX_TASKS = 1_000
const OTHERS = '(others)'

const logger = new Logger('BridgeMetrics')

/**
 * Counts the calls of this process by task and executor, and looks at the application's pools. It counts from when it is
 * made, and costs each call a little from then on, so it is a provider of your own: `providers: [BridgeMetrics]`.
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

  /** What was counted so far. */
  tasks(): TaskMetrics[] {
    return [...this.#counted].flatMap(([executor, tasks]) =>
      [...tasks].map(([task, { calls, errors, wait, run }]) => ({
        task,
        executor,
        calls,
        errors: Object.fromEntries(errors),
        wait: wait.look(),
        run: run.look()
      }))
    )
  }

  /** The pools as they are now: threads, calls that run and wait, and more. Executors that are no pools are left out. */
  pools(): (PoolStats & { readonly name: string })[] {
    return this.#pools.all.flatMap(({ executor, stats }) =>
      stats === undefined ? [] : [{ ...stats, name: executor.name }]
    )
  }

  /**
   * Tells of each call when it has ended, for metrics of another kind; returns what ends that.
   *
   * @throws InvalidArgumentError when the listener is no function.
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

  // A call that blocks its caller is over with this event; any other has been sent.
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
    for (const listener of this.#listeners) tell(listener, trace)
  }

  #countedOf(executor: string, task: string): Counted {
    const tasks = this.#counted.get(executor) ?? new Map<string, Counted>()
    this.#counted.set(executor, tasks)
    const known = tasks.get(task)
    if (known !== undefined) return known
    // Names of members may come from a user's data.
    if (++this.#tasks > MAX_TASKS && task !== OTHERS) return this.#countedOf(executor, OTHERS)
    const counted = { calls: 0, errors: new Map(), wait: new Histogram(), run: new Histogram() }
    tasks.set(task, counted)
    return counted
  }
}

/** A listener's error would otherwise end the process. */
function tell(listener: (call: EndedCall) => void, call: EndedCall): void {
  try {
    listener(call)
  } catch (error) {
    logger.error(error)
  }
}
