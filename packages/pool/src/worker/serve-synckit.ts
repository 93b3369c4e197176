import {
  cloned,
  decodeThrown,
  dereference,
  type EncodedThrown,
  encodeThrown,
  refer
} from '@bridge/core/executor'
import { type HostIterator, type HostRequest, hostRun, loadModuleFor, type Outcome } from '@bridge/core/host'
import {
  closeQuietly,
  foundAgain,
  isError,
  type LostOnWire,
  lostIn,
  namesClasses,
  RootContext
} from '@bridge/core/internal'
import type { FirstCall, LaterCall, Reply, Request, Sent, StepRequest } from '../loop/synckit-wire.js'

const streams = new Map<number, { readonly name: string; readonly iterator: HostIterator }>()
let last = 0
/** What tasks begin in. */
const root = new RootContext()

/** What was called before, by its number. */
const functions = new Map<number, { readonly name: string; readonly module: string }>()

/** Answers one question that came by synckit's own way of calling. */
export function answer(request: Request): Promise<Reply> {
  if (!('type' in request)) return runAgain(request)
  return request.type === 'run' ? runFirst(request) : step(request).catch(thrown)
}

function thrown(error: unknown): Reply {
  return { type: 'thrown', thrown: encodeThrown(error) }
}

function runFirst({ number, request, references }: FirstCall): Promise<Reply> {
  functions.set(number, { name: request.name, module: request.module })
  if (references === undefined) return run(request)
  const received = (): Promise<Reply> => {
    const args = dereference({ data: request.args, references }, foundAgain) as readonly unknown[]
    return run({ ...request, args })
  }
  // The module may register the classes of instances; what keeps it from being loaded, the run tells.
  return namesClasses(references) ? loadModuleFor(request).then(received, received) : received()
}

function runAgain([number, ...args]: LaterCall): Promise<Reply> {
  const { name, module } = functions.get(number) as { name: string; module: string }
  return run({ name, module, args })
}

/** One promise and no `await`: each would cost as much as a tenth of the message. */
function run(request: HostRequest): Promise<Reply> {
  const { outcome } = root.run(() => hostRun(request))
  const { name } = request
  return 'type' in outcome
    ? Promise.resolve(reply(name, outcome))
    : Promise.resolve(outcome).then(each => reply(name, each))
}

function reply(name: string, outcome: Outcome): Reply {
  if (outcome.type === 'error') return { type: 'thrown', thrown: outcome.error }
  if (outcome.type === 'value') {
    try {
      const { value } = outcome
      const sent = sentOf(name, value)
      return sent === undefined
        ? [checked(name, value)]
        : { type: 'value', sent: checked(name, sent) as Sent }
    } catch (error) {
      return thrown(error)
    }
  }
  streams.set(++last, { name, iterator: outcome.iterator })
  return { type: 'stream', stream: last }
}

async function step({ stream, step, value }: StepRequest): Promise<Reply> {
  const open = streams.get(stream)
  if (open === undefined) return itemOf('', ended(step, value))
  // Who threw, or rejected, has ended the stream; only an item leaves it open.
  streams.delete(stream)
  const result = await stepped(open.iterator, step, value)
  const isDone = result.done === true
  try {
    const reply = await itemOf(open.name, result)
    if (!isDone) streams.set(stream, open)
    return reply
  } catch (error) {
    // The item rejected, or it can't be sent: the iterator waits for another step.
    if (!isDone) closeQuietly(open.iterator)
    throw error
  }
}

async function itemOf(name: string, result: IteratorResult<unknown, unknown>): Promise<Reply> {
  const item = await result.value
  const sent = sentOf(name, item)
  const { data, references } = sent === undefined ? { data: item } : sent
  const value = checked(name, data)
  return { type: 'item', result: { done: result.done ?? false, value } as never, references }
}

async function stepped(
  iterator: HostIterator,
  step: 'next' | 'return' | 'throw',
  value: unknown
): Promise<IteratorResult<unknown, unknown>> {
  // The host's have all three methods.
  const given = step === 'throw' ? decodeThrown(value as EncodedThrown) : value
  return (iterator as Required<HostIterator>)[step](given) as IteratorResult<unknown, unknown>
}

function ended(step: 'next' | 'return' | 'throw', value: unknown): IteratorResult<unknown, unknown> {
  if (step === 'throw') throw decodeThrown(value as EncodedThrown)
  return { done: true, value: step === 'return' ? value : undefined }
}

/** A value with what would be lost of it beside it, where something would. */
function sentOf(name: string, value: unknown): Sent | undefined {
  const lost = lostIn(`${name}()`, 'its result', value)
  return refer<EncodedThrown | LostOnWire>(value, one => (isError(one) ? encodeThrown(one) : lost(one)))
}

/** synckit would tell nothing useful of a value that can't be cloned. */
function checked(name: string, value: unknown): unknown {
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol'
    ? cloned(`${name}()`, 'its result', value)
    : value
}
