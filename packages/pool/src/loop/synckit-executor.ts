import { CannotBlockError, InvalidArgumentError, TaskNotFoundError, WorkerLostError } from '@bridge/core'
import {
  AbstractExecutor,
  callerFrames,
  checkStepValue,
  decodeThrown,
  dereference,
  type EncodedThrown,
  encodeThrown,
  notCloneable,
  type Run,
  refuseUncloneable,
  type StreamSource,
  streamSource,
  type Task
} from '@bridge/core/executor'
import { isLostOnWire, type LostOnWire, referLost, restoreLost } from '@bridge/core/internal'
import { type Started, type Synckit, startBySynckit } from './synckit.js'
import type { Reply, Request, StepName } from './synckit-wire.js'

type Result = IteratorResult<unknown, unknown>

/**
 * The loop without a connection: only synckit's own way of calling is available. Every call blocks, awaited ones too,
 * and can't be stopped before its end, so limits are refused.
 */
export class SynckitExecutor extends AbstractExecutor {
  readonly canBlock = true
  readonly place = 'elsewhere'
  readonly name: string
  readonly #synckit: Synckit
  #started: Started | undefined
  /** The numbers of the functions that its thread knows, by module and name. */
  #numbers = new Map<string, Map<string, number>>()
  #last = 0
  /** The calls that were started; they run in the next microtask, or before a call that blocks. */
  readonly #waiting: (() => void)[] = []

  constructor(name: string, synckit: Synckit, started: Started | undefined) {
    super()
    this.name = name
    this.#synckit = synckit
    this.#started = started
  }

  start(task: Task): Run {
    let outcome: { readonly value: unknown } | { readonly error: unknown } | undefined
    let cancel = (_reason: unknown): void => {}
    const promise = new Promise<unknown>((resolve, reject) => {
      const run = (): void => {
        cancel = () => {}
        try {
          const value = this.#runNow(task)
          outcome = { value }
          resolve(value)
        } catch (error) {
          outcome = { error }
          reject(error)
        }
      }
      this.#waiting.push(run)
      cancel = reason => {
        this.#waiting.splice(this.#waiting.indexOf(run), 1)
        cancel = () => {}
        outcome = { error: reason }
        reject(reason)
      }
    })
    queueMicrotask(this.#runWaiting)
    const waitSync = (timeout?: number): unknown => {
      if (outcome === undefined && timeout !== undefined) {
        throw new CannotBlockError(
          `${task.name}(): ${this.name} has no connection here and can't stop waiting; call waitSync() without a timeout`
        )
      }
      this.#runWaiting()
      if (outcome !== undefined && 'value' in outcome) return outcome.value
      promise.catch(() => {})
      throw outcome?.error
    }
    return { promise, waitSync, cancel: reason => cancel(reason) }
  }

  runSync(task: Task): unknown {
    this.#runWaiting()
    return this.#runNow(task)
  }

  #runNow(task: Task): unknown {
    this.#refuse(task)
    const { name, exportName, module, args, context } = task
    const reply = this.#call(exportName ?? name, module as string, args, context)
    if (!('type' in reply)) return reply[0]
    if (reply.type === 'value') return dereference(reply.sent, liveOf)
    return this.#source(name, (reply as { stream: number }).stream, task.stream?.twoWay === true)
  }

  async close(): Promise<void> {
    this.#runWaiting()
    const started = this.#started
    this.#discard()
    await started?.worker?.terminate()
  }

  readonly #runWaiting = (): void => {
    for (const run of this.#waiting.splice(0)) run()
  }

  /** Names a function to a thread once, and calls it by its number from then on. */
  #call(name: string, module: string, args: readonly unknown[], context: Task['context']): Reply {
    const known = this.#numbers.get(module)?.get(name)
    const sent = referLost(`${name}()`, 'args', args)
    if (known !== undefined && context === undefined && sent === undefined) {
      return this.#ask(name, args, [known, ...args])
    }
    // Counted only after it has succeeded: a function that always throws uses no more than one number.
    const number = known ?? this.#last + 1
    const task = { name, module, args: (sent?.data ?? args) as readonly unknown[], context }
    const reply = this.#ask(name, args, { type: 'run', number, task, references: sent?.references })
    this.#last = Math.max(this.#last, number)
    const names = this.#numbers.get(module) ?? new Map<string, number>()
    this.#numbers.set(module, names.set(name, number))
    return reply
  }

  #discard(): void {
    this.#started = undefined
    this.#numbers.clear()
  }

  #refuse({ name, module, deadline, runTimeout, itemTimeout, signals }: Task): void {
    if (module === undefined) {
      throw new TaskNotFoundError(`${name}() exists on its own thread only; ${this.name} can't import it`)
    }
    if ((deadline ?? runTimeout ?? itemTimeout) !== undefined || signals.length > 0) {
      throw new InvalidArgumentError(
        `${name}(): ${this.name} has no connection here and can't stop a call, so it takes no timeout and no signal`
      )
    }
  }

  #ask(name: string, sent: unknown, request: Request): Reply {
    this.#started ??= startBySynckit(this.#synckit)
    let reply: Reply
    try {
      reply = this.#started.ask(request) as Reply
    } catch (cause) {
      if ((cause as Error).name === 'DataCloneError') {
        if ('type' in request && request.type === 'run') refuseUncloneable(name, request.task.context)
        throw notCloneable(`${name}()`, 'args', sent, cause)
      }
      // A thread that has ended stays dead for synckit: the next call gets another one.
      this.#discard()
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new WorkerLostError(`${name}() ended with its thread of ${this.name}: ${reason}`, { cause })
    }
    if ('type' in reply && reply.type === 'thrown') throw decodeThrown(reply.thrown, callerFrames())
    return reply
  }

  #source(task: string, stream: number, isTwoWay: boolean): StreamSource {
    const started = this.#started
    const step = (name: StepName, value: unknown): Result => {
      // A new thread starts its stream numbers again.
      if (this.#started !== started) {
        throw new WorkerLostError(`the stream of ${task}() ended with its thread of ${this.name}`)
      }
      const reply = this.#ask(task, value, { type: 'step', stream, step: name, value })
      const { result, references } = reply as Extract<Reply, { type: 'item' }>
      if (references === undefined) return result
      return { ...result, value: dereference({ data: result.value, references }, liveOf) }
    }
    const blocking = {
      next: (value?: unknown) => {
        checkStepValue(value, isTwoWay)
        return step('next', value)
      },
      return: (value?: unknown) => step('return', value),
      throw: (error: unknown) => step('throw', encodeThrown(error))
    }
    return streamSource({
      next: async (value?: unknown) => blocking.next(value),
      return: async (value?: unknown) => blocking.return(value),
      throw: async (error: unknown) => blocking.throw(error),
      blocking
    })
  }
}

function liveOf(reference: EncodedThrown | LostOnWire): unknown {
  return isLostOnWire(reference) ? restoreLost(reference) : decodeThrown(reference)
}
