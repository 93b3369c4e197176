import { EventEmitter } from 'node:events'
import type { StreamPort } from '@bridge/iter'
import { bare } from '../raw-end.js'

/** One end of a pair whose messages stay on their way until the test delivers them; it tells of them without numbers. */
export class FakePort extends EventEmitter implements StreamPort {
  peer!: FakePort
  isClosed = false
  /** What this end was sent and has not received. */
  readonly inbox: unknown[] = []
  readonly #onPost: (message: unknown[]) => void

  constructor(onPost: (message: unknown[]) => void) {
    super()
    this.#onPost = onPost
  }

  postMessage(message: unknown): void {
    if (this.isClosed || this.peer.isClosed) return
    this.#onPost(bare(message))
    this.peer.inbox.push(structuredClone(message))
  }

  /** Receives the next message, or that the other end was closed; whether there was anything. */
  deliver(): boolean {
    if (this.isClosed) return false
    if (this.inbox.length > 0) this.emit('message', this.inbox.shift())
    else if (this.peer.isClosed) this.close()
    else return false
    return true
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    queueMicrotask(() => this.emit('close'))
  }
}

export function fakePorts(onPost: (message: unknown[]) => void): [FakePort, FakePort] {
  const one = new FakePort(onPost)
  const other = new FakePort(onPost)
  one.peer = other
  other.peer = one
  return [one, other]
}
