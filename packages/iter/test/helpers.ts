import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type OpenOptions, openStream, type ServeOptions, type StreamInput, serveStream } from '@bridge/iter'

/** A stream of `input` from one end of a channel to the other, on this thread. */
export function piped<T>(input: StreamInput, open: OpenOptions = {}, serve: ServeOptions = {}) {
  const { port1, port2 } = new MessageChannel()
  const served = serveStream(port1, input, serve)
  return { stream: openStream<T>(port2, open), served, port1, port2 }
}

/** Everything a stream yields. */
export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** A promise with its resolve, to hold a step back by hand. */
export function latch<T = void>() {
  let release!: (value: T) => void
  const opened = new Promise<T>(resolve => {
    release = resolve
  })
  return { opened, release }
}

/** The next message that comes out of a port. */
export function nextMessage(port: MessagePort): Promise<unknown[]> {
  return new Promise(resolve => port.once('message', resolve))
}

/** After what the event loop has under way. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}
