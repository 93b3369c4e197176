import type { EventEmitter } from 'node:events'
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { AnyFn } from '../../synckit/options.js'
import { setWorkerData } from '../worker-data.js'

interface Question {
  readonly id: number
  readonly args: readonly unknown[]
}

type Answer =
  | { readonly workerFailure: true; readonly fatal: boolean; readonly error: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: unknown; readonly properties?: object }

interface Waiting {
  resolve(result: unknown): void
  reject(error: unknown): void
}

/**
 * Supports workers that resolve synckit itself, when only their caller resolves our replacement: its `runAsWorker`
 * finds the data of a thread of synckit, and the function that it would serve is taken over.
 */
export function takeFromSynckit(serve: (fn: AnyFn) => void): void {
  const waiting = new Map<number, Waiting>()
  const outputs = [process.stdout, process.stderr].map(stream => ({ stream, _writev: stream._writev }))
  const port = parentPort as MessagePort
  const { on } = port
  let last = 0
  setWorkerData(synckitData(message => settle(waiting, message)))
  port.on = function (this: MessagePort, event: string, listener: (value: Question) => void) {
    if (event !== 'message') return on.call(this, event, listener)
    // It has begun to hold output back until its next answer.
    for (const { stream, _writev } of outputs) Object.assign(stream, { _writev })
    serve(
      (...args) =>
        new Promise((resolve, reject) => {
          const id = last++
          waiting.set(id, { resolve, reject })
          listener({ id, args })
        })
    )
    return this
  } as MessagePort['on']
}

/** The data with which the versions of synckit since 0.8 are started. */
function synckitData(postMessage: (message: Answer) => void): object {
  const sharedBuffer = new SharedArrayBuffer(64)
  const workerPort = { on() {}, off() {}, postMessage }
  return { workerPort, sharedBuffer, sharedBufferView: new Int32Array(sharedBuffer) }
}

function settle(waiting: Map<number, Waiting>, message: Answer): void {
  if ('workerFailure' in message) {
    // It is about to end the thread, and reports the reason only here.
    if (message.fatal) (process as EventEmitter).emit('uncaughtExceptionMonitor', message.error)
    return
  }
  const call = waiting.get(message.id)
  waiting.delete(message.id)
  if (!('error' in message)) return call?.resolve(message.result)
  const { error, properties } = message
  call?.reject(typeof error === 'object' && error !== null ? Object.assign(error, properties) : error)
}
