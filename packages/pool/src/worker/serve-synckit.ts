import { cloned, decodeThrown, type EncodedThrown, encodeThrown } from '@bridge/core/executor'
import { type HostIterator, hostRun } from '@bridge/core/host'
import type { Reply, Request } from '../loop/synckit-wire.js'

const streams = new Map<number, { readonly name: string; readonly iterator: HostIterator }>()
let last = 0

/** Answers one question that came by synckit's own way of calling. */
export async function answer(request: Request): Promise<Reply> {
  try {
    return request.type === 'run' ? await run(request.request) : await step(request)
  } catch (error) {
    return { type: 'thrown', thrown: encodeThrown(error) }
  }
}

async function run(request: Extract<Request, { type: 'run' }>['request']): Promise<Reply> {
  const outcome = await hostRun(request).outcome
  if (outcome.type === 'error') return { type: 'thrown', thrown: outcome.error }
  if (outcome.type === 'value') return { type: 'value', value: checked(request.name, outcome.value) }
  streams.set(++last, { name: request.name, iterator: outcome.iterator })
  return { type: 'stream', stream: last }
}

async function step({ stream, step, value }: Extract<Request, { type: 'step' }>): Promise<Reply> {
  const open = streams.get(stream)
  const result = open === undefined ? ended(step, value) : await stepped(open.iterator, step, value)
  if (result.done === true) streams.delete(stream)
  const item: unknown = await result.value
  return {
    type: 'item',
    result: { done: result.done ?? false, value: checked(open?.name ?? '', item) } as never
  }
}

async function stepped(
  iterator: HostIterator,
  step: 'next' | 'return' | 'throw',
  value: unknown
): Promise<IteratorResult<unknown, unknown>> {
  if (step === 'next') return iterator.next(value)
  if (step === 'throw') return iterator.throw?.(decodeThrown(value as EncodedThrown)) ?? ended(step, value)
  return iterator.return?.(value) ?? ended(step, value)
}

function ended(step: 'next' | 'return' | 'throw', value: unknown): IteratorResult<unknown, unknown> {
  if (step === 'throw') throw decodeThrown(value as EncodedThrown)
  return { done: true, value: step === 'return' ? value : undefined }
}

/** synckit would tell nothing useful of a value that can't be cloned. */
function checked(name: string, value: unknown): unknown {
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol'
    ? cloned(`${name}()`, 'its result', value)
    : value
}
