import {
  cloned,
  decodeThrown,
  dereference,
  type EncodedThrown,
  encodeThrown,
  refer
} from '@bridge/core/executor'
import { type HostIterator, type HostTask, loadModuleFor, type Outcome, runTask } from '@bridge/core/host'
import {
  closeQuietly,
  isError,
  type LostOnWire,
  lostIn,
  namesClasses,
  RootContext,
  restoreLost
} from '@bridge/core/internal'
import type { FirstCall, LaterCall, Reply, Request, Sent, StepRequest } from '../loop/synckit-wire.js'

const streams = new Map<number, { readonly name: string; readonly iterator: HostIterator }>()
let last = 0
/** The context in which tasks start. */
const root = new RootContext()

/** The functions that were called before, by number. */
const functions = new Map<number, { readonly name: string; readonly module: string }>()

/** Answers one request that was sent by synckit's own way of calling. */
export function answer(request: Request): Promise<Reply> {
  if (!('type' in request)) return runAgain(request)
  return request.type === 'run' ? runFirst(request) : step(request).catch(thrown)
}

function thrown(error: unknown): Reply {
  return { type: 'thrown', thrown: encodeThrown(error) }
}

function runFirst({ number, task, references }: FirstCall): Promise<Reply> {
  functions.set(number, { name: task.name, module: task.module })
  if (references === undefined) return run(task)
  const received = (): Promise<Reply> => {
    const args = dereference({ data: task.args, references }, restoreLost) as readonly unknown[]
    return run({ ...task, args })
  }
  // The module may register the classes of instances; if it can't be loaded, the run reports that.
  return namesClasses(references) ? loadModuleFor(task).then(received, received) : received()
}

function runAgain([number, ...args]: LaterCall): Promise<Reply> {
  const { name, module } = functions.get(number) as { name: string; module: string }
  return run({ name, module, args })
}

/** One promise and no `await`: each would cost as much as a tenth of the message. */
function run(task: HostTask): Promise<Reply> {
  const { outcome } = root.run(() => runTask(task))
  const { name } = task
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
  // A step that threw or rejected has ended the stream; only an item leaves it open.
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
  // The host's iterators have all three methods.
  const given = step === 'throw' ? decodeThrown(value as EncodedThrown) : value
  return (iterator as Required<HostIterator>)[step](given) as IteratorResult<unknown, unknown>
}

function ended(step: 'next' | 'return' | 'throw', value: unknown): IteratorResult<unknown, unknown> {
  if (step === 'throw') throw decodeThrown(value as EncodedThrown)
  return { done: true, value: step === 'return' ? value : undefined }
}

/** A value with references to what would be lost of it beside it, if there is anything. */
function sentOf(name: string, value: unknown): Sent | undefined {
  const lost = lostIn(`${name}()`, 'its result', value)
  return refer<EncodedThrown | LostOnWire>(value, one => (isError(one) ? encodeThrown(one) : lost(one)))
}

/** synckit's error for a value that can't be cloned would not help. */
function checked(name: string, value: unknown): unknown {
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol'
    ? cloned(`${name}()`, 'its result', value)
    : value
}
