import type { Task } from '@bridge/core/executor'
import type { Pool } from '@bridge/pool'
import type { Connection } from '../engine/engine.js'
import type { ModuleName } from '../modules/module-name.js'
import type { Offers } from '../modules/offers.js'
import { type ThreadRequest, toBytes } from '../thread/request.js'
import { threadModule } from '../thread/url.js'
import type { Frame } from '../wire/frame.js'
import type { ServedCall } from './served-call.js'

/** How calls are run. */
export interface ServedBy {
  readonly pool: Pool
  readonly offers: Offers
  /** The modules that may be imported to restore contexts. */
  readonly carriers: readonly string[]
  readonly hidePaths: boolean
  /** How many calls the pool runs at once. */
  readonly places: number
  /** The address of the workers that take calls of a module. */
  addressOf(module: ModuleName): string
  readonly connection: Connection
}

/** The maximum overhead of a frame around a message of a stream. */
const AROUND = 1024

/** The pool's task for a call: `run` of this package in a thread, under the name of the called function. */
export function taskOf(call: ServedCall, module: string, frame: Frame, by: ServedBy): Task {
  const { name, hasContext = false, asked = 0, node, runTimeout, priority, affinity, onTimeout } = call.head
  const { payload } = frame
  const { deadline } = call
  const bytes = toBytes(payload.bytes)
  // A copy, because the bytes are a view of a larger message.
  const own = typeof bytes === 'string' ? bytes : new Uint8Array(bytes)
  const args: ThreadRequest = [
    name,
    module,
    payload.codec,
    own,
    hasContext,
    deadline,
    asked,
    node,
    by.carriers,
    by.hidePaths,
    by.connection.maxBytes - AROUND
  ]
  return {
    name,
    exportName: 'run',
    module: threadModule,
    fn: undefined,
    receiver: undefined,
    args,
    deadline,
    timeout: undefined,
    runTimeout,
    priority,
    affinity,
    onTimeout,
    signals: [],
    isCancellable: true,
    context: undefined,
    trace: call.trace,
    stream: { twoWay: true }
  }
}
