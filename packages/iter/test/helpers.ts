import { once } from 'node:events'
import { createRequire } from 'node:module'
import { MessageChannel, Worker } from 'node:worker_threads'
import {
  type OpenOptions,
  openStream,
  type ServeOptions,
  type StreamInput,
  serveStream,
  wordBlocker
} from '@bridge/iter'

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

/** A promise with its resolve, to delay a step manually. */
export function latch<T = void>() {
  let release!: (value: T) => void
  const opened = new Promise<T>(resolve => {
    release = resolve
  })
  return { opened, release }
}

/** Resolves after everything that is pending in the event loop. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

/** The imports of a worker that runs source text. */
export const ITER = JSON.stringify(createRequire(import.meta.url).resolve('@bridge/iter'))

/** A stream of the generator `items` that a worker's code defines, also for a blocking `for`. */
export async function openFromWorker(
  code: string,
  { word: given, ...open }: OpenOptions & { word?: Int32Array<SharedArrayBuffer> } = {}
) {
  const { port1, port2 } = new MessageChannel()
  const word = given ?? new Int32Array(new SharedArrayBuffer(4))
  const source = `
    const { parentPort, workerData: { port, word } } = require('node:worker_threads')
    const { serveStream, notifier } = require(${ITER})
    ${code}
    serveStream(port, items(), { onSend: notifier(word) })
    parentPort.postMessage('ready')
  `
  const worker = new Worker(source, { eval: true, workerData: { port: port1, word }, transferList: [port1] })
  await once(worker, 'message')
  return { stream: openStream<unknown>(port2, { blocker: wordBlocker(word), ...open }), worker }
}
