import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { item } from './streams.js'

/** What is asked of the worker that streams without a library. */
export interface RawStreamRequest {
  readonly kind: 'numbers' | 'objects'
  readonly from: number
  readonly count: number
  /** Items in one message. */
  readonly batch: number
}

/** Incremented after each message, for a reader that blocks. */
const word = workerData as Int32Array<SharedArrayBuffer>

function serve(port: MessagePort, { kind, from, count, batch }: RawStreamRequest): void {
  for (let sent = 0; sent < count; sent += batch) {
    const items: unknown[] = []
    for (let n = sent; n < Math.min(count, sent + batch); n++) {
      items.push(kind === 'numbers' ? from + n : item(from + n))
    }
    port.postMessage(batch === 1 ? items[0] : items)
    Atomics.add(word, 0, 1)
    Atomics.notify(word, 0)
  }
}

parentPort?.on('message', (message: RawStreamRequest | { port: MessagePort }) => {
  if ('port' in message) {
    const { port } = message
    port.on('message', (request: RawStreamRequest) => serve(port, request))
  } else if (parentPort !== null) serve(parentPort, message)
})
