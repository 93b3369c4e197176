import { FunctionCall } from '../call/call.js'
import { remoteTarget } from '../call/target.js'
import type { Call } from '../call/types.js'
import { checkCount, checkFunction, checkOptions, checkSignal, refuse } from '../check.js'
import { isThenable } from '../kind.js'
import { disregard } from '../promise.js'
import { groupExecutor } from './group-executor.js'
import { mapBlocking } from './map-blocking.js'

/** Options of `parallelMap`. */
export interface ParallelMapOptions {
  /** How many calls may be in flight at the same time; no limit unless set. */
  concurrency?: number | undefined
  /** Returns every outcome as `Promise.allSettled` does, instead of stopping at the first failure. */
  settle?: boolean | undefined
  /** Aborts every call, and the group. */
  signal?: AbortSignal | undefined
}

/** Makes the call for one input. */
export type Mapper<I, R> = (input: I, index: number) => R

/**
 * Makes a call for each input as soon as `concurrency` allows, and returns the results in the order of the inputs.
 * Inputs are taken lazily, from a synchronous or an asynchronous iterable; promises among them are awaited in parallel,
 * and a rejection is that input's outcome. At the first failure the calls in flight are aborted, the input is closed
 * (`return()`), no more calls are made, and the group fails with that error, unless `settle` is set. The mapper runs in
 * the context in which parallelMap was called. The shape is p-map's.
 *
 * @throws InvalidArgumentError when an argument is invalid.
 * @example
 * ```ts
 * const hashes = await parallelMap(files, file => tasks.hash(file, 10).with({ timeout: 500 }), { concurrency: 4 })
 * ```
 */
export function parallelMap<I, R>(
  inputs: Iterable<I> | AsyncIterable<I>,
  mapper: Mapper<I, R>,
  options: ParallelMapOptions & { settle: true }
): Call<PromiseSettledResult<Awaited<R>>[]>
export function parallelMap<I, R>(
  inputs: Iterable<I> | AsyncIterable<I>,
  mapper: Mapper<I, R>,
  options?: ParallelMapOptions
): Call<Awaited<R>[]>
export function parallelMap(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  mapper: Mapper<unknown, unknown>,
  options: ParallelMapOptions = {}
): unknown {
  const where = 'parallelMap()'
  if (!isIterable(inputs)) refuse(where, 'inputs must be iterable', inputs)
  checkFunction(where, 'mapper', mapper)
  checkOptions(where, options, ['concurrency', 'settle', 'signal'])
  checkCount(where, 'concurrency', options.concurrency, 1)
  checkSignal(where, options.signal)
  if (typeof (options.settle ?? false) !== 'boolean')
    refuse(where, 'settle must be a boolean', options.settle)
  handlePromises(inputs)
  const plan = {
    inputs,
    mapper,
    concurrency: options.concurrency ?? Infinity,
    settle: options.settle === true
  }
  const executor = groupExecutor(
    // Loaded by the first group that is awaited, so that importing core does not load it.
    async () => (await import('./map-awaited.js')).mapAwaited(plan),
    () => mapBlocking(plan)
  )
  return new FunctionCall(
    remoteTarget('parallelMap', executor, undefined, { signal: options.signal }),
    undefined,
    []
  )
}

function isIterable(value: unknown): boolean {
  const object = Object(value) as object
  return Symbol.iterator in object || Symbol.asyncIterator in object
}

/** Handles promises among the inputs: if the group never reaches one, its rejection must not end the process. */
function handlePromises(inputs: object): void {
  if (!Array.isArray(inputs) && !(inputs instanceof Set)) return
  for (const input of inputs as Iterable<unknown>) {
    if (isThenable(input) && !FunctionCall.isCall(input)) disregard(input)
  }
}
