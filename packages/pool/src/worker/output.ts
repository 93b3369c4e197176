import { writeSync } from 'node:fs'
import type { Writable } from 'node:stream'

type Chunk = { chunk: Buffer | string; encoding: BufferEncoding }

/**
 * Lets what a thread prints appear at once and in order. Node carries a worker's output through the event loop of
 * its parent, where it would wait while the parent is blocked, and be lost when the process ends right after.
 */
export function printDirectly(): void {
  direct(process.stdout, 1)
  direct(process.stderr, 2)
}

function direct(stream: Writable, fd: number): void {
  stream._writev = (chunks: Chunk[], callback) => {
    try {
      for (const { chunk, encoding } of chunks)
        writeAll(fd, Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk, encoding))
      callback()
    } catch (error) {
      callback(error as Error)
    }
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
