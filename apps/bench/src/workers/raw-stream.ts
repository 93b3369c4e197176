import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { itemOf, type Kind, numbersAsync } from './streams.js'

/** A request to the worker that streams without a library. */
export interface RawStreamRequest {
  readonly kind: Kind
  readonly from: number
  readonly count: number
  /** Items in one message. */
  readonly batch: number
}

/** Incremented after each message, to wake a blocked reader. */
const word = workerData as Int32Array<SharedArrayBuffer>

function send(port: MessagePort, message: unknown): void {
  port.postMessage(message)
  Atomics.add(word, 0, 1)
  Atomics.notify(word, 0)
}

function serve(port: MessagePort, { kind, from, count, batch }: RawStreamRequest): void {
  for (let sent = 0; sent < count; sent += batch) {
    const items: unknown[] = []
    for (let n = sent; n < Math.min(count, sent + batch); n++) {
      items.push(itemOf[kind](from + n))
    }
    send(port, batch === 1 ? items[0] : items)
  }
}

/** The same from an async generator, as bridge's row uses one. */
async function serveAsync(port: MessagePort, { from, count, batch }: RawStreamRequest): Promise<void> {
  let items: number[] = []
  for await (const n of numbersAsync(from, count)) {
    if (items.push(n) < batch) continue
    send(port, items)
    items = []
  }
  if (items.length > 0) send(port, items)
}

parentPort?.on('message', (message: RawStreamRequest | { port: MessagePort }) => {
  if ('port' in message) {
    const { port } = message
    port.on('message', (request: RawStreamRequest) => void serveAsync(port, request))
  } else if (parentPort !== null) serve(parentPort, message)
})
