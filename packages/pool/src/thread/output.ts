import type { PrintedMessage } from '../lane/wire.js'
import { throughBit } from '../lane/wire.js'

/** Where a thread's output goes: what `write` of a stream takes. */
type OutputStream = Pick<NodeJS.WritableStream, 'write'>

/** Writes what an executor's threads have printed, where that does not go straight to the descriptor. */
export class Output {
  readonly #stdout: OutputStream | undefined
  readonly #stderr: OutputStream | undefined

  /** Those of the process unless set. */
  constructor(stdout?: OutputStream, stderr?: OutputStream) {
    this.#stdout = stdout
    this.#stderr = stderr
  }

  /** A bit of `THROUGH` for each that is always written here. */
  get bits(): number {
    return (this.#stdout === undefined ? 0 : throughBit(1)) | (this.#stderr === undefined ? 0 : throughBit(2))
  }

  /** What a stream throws is no fault of the code that meets this. */
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
