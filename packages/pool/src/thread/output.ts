import type { PrintedMessage } from '../connection/wire.js'
import { throughBit } from '../connection/wire.js'

/** The target of a thread's output: the argument of `write` of a stream. */
type OutputStream = Pick<NodeJS.WritableStream, 'write'>

/** Writes the output of an executor's threads, if it does not go directly to the descriptor. */
export class Output {
  readonly #stdout: OutputStream | undefined
  readonly #stderr: OutputStream | undefined

  /** Those of the process by default. */
  constructor(stdout?: OutputStream, stderr?: OutputStream) {
    this.#stdout = stdout
    this.#stderr = stderr
  }

  /** A bit of `THROUGH` for each stream that is always written here. */
  get bits(): number {
    return (this.#stdout === undefined ? 0 : throughBit(1)) | (this.#stderr === undefined ? 0 : throughBit(2))
  }

  /** An error of the stream must not affect the code that reads the message. */
  readonly write = ([, fd, chunks]: PrintedMessage): void => {
    const stream = fd === 1 ? (this.#stdout ?? process.stdout) : (this.#stderr ?? process.stderr)
    try {
      for (const chunk of chunks)
        stream.write(
          typeof chunk === 'string' ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
        )
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
