import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { PayloadTooLargeError, type TaskInfo } from '@bridge/core'
import { transfer } from '@bridge/core/executor'
import type { Outcome, TaskRun } from '@bridge/core/host'
import { serveStream } from '@bridge/iter'
import { BytePort } from '../wire/byte-port.js'
import type { Payload } from '../wire/frame.js'
import { mayRefer, referring } from '../wire/payload.js'
import type { ThreadRequest } from './request.js'

type Streaming = Extract<Outcome, { type: 'stream' }>

/** A message over a stream's port between a process and its thread: a message of the stream, or its end. */
export type PortMessage = readonly [codec: number, bytes: Uint8Array] | 'closed'

/**
 * The stream of a call, for its process: yields first a port over which the caller and the generator communicate, and ends
 * when the stream has ended. So the pool knows it for its whole duration, and can stop it.
 */
export async function* streamed(
  outcome: Streaming,
  request: ThreadRequest,
  running: TaskRun,
  { signal }: TaskInfo
): AsyncGenerator<{ port: MessagePort }, void, unknown> {
  const [name, , , , , , asked, , , , most] = request
  const { port1, port2 } = new MessageChannel()
  const send = ({ codec, bytes }: Payload): void => {
    if (bytes.length > most)
      throw new PayloadTooLargeError(`${name}(): an item of its stream has`, bytes.length, most)
    port1.postMessage([codec, bytes] satisfies PortMessage, [bytes.buffer as ArrayBuffer])
  }
  const port = new BytePort(send, () => port1.postMessage('closed' satisfies PortMessage))
  const onMessage = (message: PortMessage): void => {
    if (message === 'closed') port.closed()
    else port.arrived({ codec: message[0], bytes: message[1] })
  }
  const onClose = (): void => port.closed()
  port1.on('message', onMessage)
  port1.on('close', onClose)
  const cancel = (): void => running.cancel(signal.reason)
  signal.addEventListener('abort', cancel)
  const ended = serveStream(port, outcome.bare as never, {
    asked,
    enter: outcome.enter,
    onStop: running.cancel,
    reportThreadExit: false,
    stays: {
      mayKeep: mayRefer,
      refer: item => referring(`${name}()`, 'an item', item) as never
    }
  })
  try {
    yield transfer({ port: port2 }, [port2])
    await ended
  } finally {
    signal.removeEventListener('abort', cancel)
    port.closed()
    await ended
    port1.off('message', onMessage)
    port1.off('close', onClose)
    port1.close()
  }
}
