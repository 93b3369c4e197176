import { writeSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { THROUGH_HERE } from '../connection/output-way.js'
import { type Descriptor, PRINTED, type PrintedMessage, THROUGH, throughBit } from '../connection/wire.js'

type Chunk = { chunk: Buffer | string; encoding: BufferEncoding }

/**
 * Writes a thread's output immediately and in order. Node sends a worker's output through the event loop of its parent,
 * where it would wait while the parent is blocked, and be lost when the process ends right after.
 */
export function printDirectly(): void {
  direct(process.stdout, 1)
  direct(process.stderr, 2)
}

/** Where a thread sends output that the parent writes. */
interface Parent {
  readonly control: Int32Array<SharedArrayBuffer>
  send(message: PrintedMessage): void
}

let parent: Parent | undefined

/** From now on the parent writes the output that it has marked; `undefined` when it can't be sent anything any more. */
export function printThrough(to: Parent | undefined): void {
  parent = to
  if (to !== undefined) Object.assign(globalThis, { [THROUGH_HERE]: () => Atomics.load(to.control, THROUGH) })
}

function sent(fd: Descriptor, chunks: readonly Chunk[]): boolean {
  if (parent === undefined || (Atomics.load(parent.control, THROUGH) & throughBit(fd)) === 0) return false
  parent.send([PRINTED, fd, chunks.map(plain)])
  return true
}

/** A chunk that is not UTF-8 text, or may be changed later, is sent as bytes. */
function plain({ chunk, encoding }: Chunk): string | Uint8Array {
  if (typeof chunk !== 'string') return new Uint8Array(chunk)
  return /^utf-?8$/i.test(encoding) ? chunk : new Uint8Array(Buffer.from(chunk, encoding))
}

function direct(stream: Writable, fd: Descriptor): void {
  stream._writev = (chunks: Chunk[], callback) => {
    if (sent(fd, chunks)) return callback()
    try {
      for (const { chunk, encoding } of chunks)
        writeAll(fd, Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding))
    } catch (error) {
      // The reader of the pipe has closed it; a task need not end for that.
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return callback(error as Error)
    }
    callback()
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      // A pipe whose reader is slow is full for a moment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(pause, 0, 0, 1)
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))
