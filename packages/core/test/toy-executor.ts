import { setTimeout as delay } from 'node:timers/promises'
import * as core from '@bridge/core'
import * as author from '@bridge/core/executor'
import { type HostIterator, hostRun } from '@bridge/core/host'

/** What an outsider writes: an executor whose tasks get copies of everything, as if they ran in another place. */
export class ToyExecutor extends author.AbstractExecutor {
  readonly name = 'toy'
  readonly canBlock = false
  readonly place = 'elsewhere'
  readonly #running = new Set<Promise<unknown>>()
  #isClosed = false

  start(task: author.Task): author.Run {
    if (this.#isClosed) return refused(new core.ExecutorClosedError(`${task.name}(): toy is closed`))
    const stop = new Stop()
    const promise = run(task, stop)
    this.#running.add(promise)
    promise.catch(() => {}).then(() => this.#running.delete(promise))
    return { promise, cancel: stop.request, waitSync: () => this.runSync(task) }
  }

  runSync(task: author.Task): never {
    throw new core.CannotBlockError(`${task.name}(): toy can't block`)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#running)
  }
}

class Stop {
  request!: (reason: unknown) => void
  /** Rejects with the reason when the caller wants no more of the task. */
  readonly requested = new Promise<never>((_, reject) => {
    this.request = reject
  })
}

async function run(task: author.Task, stop: Stop) {
  const early = author.limitReached(task)
  if (early !== undefined) throw early.reason
  const { name, deadline, context, runTimeout = Infinity } = task
  const end = Math.min(deadline ?? Infinity, author.now() + runTimeout)
  const args = copy(task, 'args', task.args)
  const host = hostRun({
    name,
    module: String(task.module),
    args,
    deadline,
    context: structuredClone(context)
  })
  const unwatch = author.watchLimits(end === Infinity ? task : { ...task, deadline: end }, stop.request)
  const outcome = await Promise.race([host.outcome, stop.requested]).catch(async reason => {
    unwatch()
    host.cancel(reason)
    // A task that heard of it may clean up before its caller goes on; one that does not listen gets no longer.
    await Promise.race([host.outcome, delay(50, undefined, { ref: false })])
    throw reason
  })
  if (outcome.type === 'stream') {
    stop.requested.catch(host.cancel)
    return stream(task, outcome.iterator, stop, unwatch)
  }
  unwatch()
  if (outcome.type === 'error') throw author.decodeThrown(structuredClone(outcome.error))
  return copy(task, 'result', outcome.value)
}

function stream(task: author.Task, iterator: HostIterator, stop: Stop, unwatch: () => void) {
  let isDone = false
  const end = (error: unknown): never => {
    isDone = true
    // Not awaited: a generator in the middle of a step can end only after it.
    Promise.resolve(iterator.return?.()).catch(() => {})
    throw error
  }
  const pull = async (act: () => unknown) => {
    const result = await Promise.resolve()
      .then(act)
      .catch(error => end(author.decodeThrown(structuredClone(author.encodeThrown(error)))))
    return result as IteratorResult<unknown>
  }
  const step = async (act: () => unknown): Promise<IteratorResult<unknown>> => {
    if (isDone) return { done: true, value: undefined }
    try {
      const { done, value } = await Promise.race([stop.requested.catch(end), pull(act)])
      isDone = done === true
      return { done: isDone, value: copy(task, 'item', value) }
    } catch (error) {
      return isDone ? Promise.reject(error) : end(error)
    } finally {
      if (isDone) unwatch()
    }
  }
  return author.streamSource({
    next: value => step(() => iterator.next(value)),
    return: value => step(() => iterator.return?.(value)),
    throw: error => step(() => iterator.throw?.(error))
  })
}

function refused(error: unknown): author.Run {
  const fail = () => {
    throw error
  }
  return { promise: Promise.reject(error), waitSync: fail, cancel: () => {} }
}

function copy<T>(task: author.Task, what: string, value: T): T {
  try {
    return structuredClone(value)
  } catch (cause) {
    throw author.notCloneable(`${task.name}()`, what, value, cause)
  }
}
