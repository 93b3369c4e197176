import { type CarriedContext, PayloadTooLargeError } from '@bridge/core'
import { now, refuseUncloneable, type Task } from '@bridge/core/executor'
import type { Connection } from '../engine/engine.js'
import type { ModuleName } from '../modules/module-name.js'
import { CALL, type CallHead, encodeFrame, type Payload } from '../wire/frame.js'
import { encodePayload } from '../wire/payload.js'
import { askedWith } from './opened-stream.js'

/**
 * Encodes the arguments and the context of a call.
 *
 * @throws NotCloneableError that names the path of a value that cannot be sent.
 */
export function writtenArguments({ name, args, context }: Task): Payload {
  if (context === undefined) return encodePayload(`${name}()`, 'args', args)
  try {
    return encodePayload(`${name}()`, 'args', [args, withoutModules(context)], args)
  } catch (error) {
    refuseUncloneable(name, context)
    throw error
  }
}

/**
 * The frame of a call with its remaining time.
 *
 * @throws PayloadTooLargeError when it is larger than the engine's limit.
 */
export function callFrame(
  id: number,
  task: Task,
  module: ModuleName,
  payload: Payload,
  { address, maxBytes }: Connection
): Uint8Array {
  const frame = encodeFrame(CALL, id, headOf(task, module, address), payload)
  if (frame.length <= maxBytes) return frame
  throw new PayloadTooLargeError(`${task.name}(): its arguments have`, frame.length, maxBytes)
}

/** The head of a call's frame. */
function headOf(task: Task, module: ModuleName, from: string): CallHead {
  const { name, deadline, runTimeout, priority, affinity, onTimeout, context, trace } = task
  const asked = askedWith(task)
  return {
    from,
    name,
    module: module.name,
    version: module.version,
    node: process.versions.node,
    ...(deadline === undefined ? {} : { left: deadline - now() }),
    ...(runTimeout === undefined ? {} : { runTimeout }),
    ...(priority === undefined ? {} : { priority }),
    ...(affinity === undefined ? {} : { affinity }),
    ...(onTimeout === undefined ? {} : { onTimeout }),
    ...(asked === 0 ? {} : { asked }),
    ...(context === undefined ? {} : { hasContext: true as const }),
    ...(trace === undefined ? {} : { isTraced: true as const })
  }
}

/** The worker itself decides which modules it imports for a context. */
function withoutModules(context: CarriedContext): CarriedContext {
  return context.map(([name, , value]) => [name, undefined, value])
}
