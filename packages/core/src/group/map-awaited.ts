import { CallAbortedError } from '../errors/errors.js'
import type { Plan } from './plan.js'

/** Runs a plan without blocking: as many lanes as may be under way, each taking the next input. */
export async function mapAwaited(plan: Plan, abort: AbortController): Promise<unknown[]> {
  const inputs = new Inputs(plan.inputs)
  const results: unknown[] = []
  let failure: { reason: unknown } | undefined
  const fail = (reason: unknown): void => {
    failure ??= { reason }
    inputs.stop()
    abort.abort(new CallAbortedError('parallelMap(): a call beside this one failed'))
  }
  const onAbort = (): void => fail(abort.signal.reason)
  abort.signal.addEventListener('abort', onAbort, { once: true })

  const lane = async (): Promise<void> => {
    for (;;) {
      const input = await inputs.next()
      if (input === undefined) return
      // Another lane as soon as this one is busy: the inputs decide how many there are, up to the limit.
      addLane()
      try {
        const value = await plan.mapper(input.value, input.index)
        results[input.index] = plan.settle ? { status: 'fulfilled', value } : value
      } catch (reason) {
        if (!plan.settle) throw reason
        results[input.index] = { status: 'rejected', reason }
      }
    }
  }

  const lanes: Promise<void>[] = []
  const addLane = (): void => {
    if (lanes.length < plan.concurrency && !inputs.isDone) lanes.push(lane().catch(fail))
  }
  addLane()
  // Every lane is waited for, those that are added meanwhile too: when this ends, nothing of it runs on.
  for (const running of lanes) await running
  abort.signal.removeEventListener('abort', onAbort)
  await inputs.close()
  if (failure !== undefined) throw failure.reason
  return results
}

/** Inputs of either kind, taken one at a time by however many lanes. */
class Inputs {
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>
  #index = 0
  #isDone = false
  #isExhausted = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(inputs: Iterable<unknown> | AsyncIterable<unknown>) {
    const asynchronous = (inputs as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator]
    this.#iterator = asynchronous?.call(inputs) ?? (inputs as Iterable<unknown>)[Symbol.iterator]()
  }

  get isDone(): boolean {
    return this.#isDone
  }

  next(): Promise<{ value: unknown; index: number } | undefined> {
    const taken = this.#last.then(() => this.#take())
    this.#last = taken.catch(() => {})
    return taken
  }

  stop(): void {
    this.#isDone = true
  }

  /** Lets the inputs clean up when they were not taken to their end. */
  async close(): Promise<void> {
    if (!this.#isExhausted) await this.#iterator.return?.()
  }

  async #take(): Promise<{ value: unknown; index: number } | undefined> {
    if (this.#isDone) return undefined
    try {
      const result = await this.#iterator.next()
      if (result.done !== true) return { value: await result.value, index: this.#index++ }
    } catch (error) {
      this.#isDone = true
      this.#isExhausted = true
      throw error
    }
    this.#isDone = true
    this.#isExhausted = true
    return undefined
  }
}
