/** How many messages a sender may be ahead of its reader while each of their heads has its own word. */
const KEPT = 1024

/** The word that counts the messages that the reader has taken; the heads follow it. */
const TAKEN = 0
const FIRST = 1

const WORDS = FIRST + KEPT

/** How many bytes the heads of so many ports take. */
export function bytesOfHeads(ports: number): number {
  return 4 * WORDS * ports
}

/*
 * What each message on a port is about: a message whose data can't be deserialized, because it is nested too deeply for
 * its reader's stack or larger than its memory, can't say so itself. The sender writes the head of its nth message to a
 * separate word before it posts that message; the reader counts the messages that it takes, and reads the word only for
 * one that it can't deserialize. Only the sender writes the heads, only the reader writes TAKEN; a word is overwritten
 * only after the reader has taken its message. A sender that is further ahead posts the head as a separate message
 * before.
 */

function wordsOf(memory: SharedArrayBuffer, port: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(memory, bytesOfHeads(port), WORDS)
}

function wordOf(message: number): number {
  return FIRST + (message & (KEPT - 1))
}

/** The sender's side of the heads of one port. */
export class SentHeads {
  readonly #words: Int32Array<SharedArrayBuffer>
  #sent = 0

  constructor(memory: SharedArrayBuffer, port: number) {
    this.#words = wordsOf(memory, port)
  }

  /** Writes the head of the next message; `false` when it must be sent in a separate message before. */
  write(head: number): boolean {
    if (((this.#sent - Atomics.load(this.#words, TAKEN)) | 0) >= KEPT) return false
    this.#words[wordOf(this.#sent)] = head
    return true
  }

  /** A message has been posted. */
  count(): void {
    this.#sent = (this.#sent + 1) | 0
  }
}

/** The reader's side of the heads of one port. */
export class ReadHeads {
  readonly #words: Int32Array<SharedArrayBuffer>
  #taken = 0
  #head = 0

  constructor(memory: SharedArrayBuffer, port: number) {
    this.#words = wordsOf(memory, port)
  }

  /** A message has been taken, which may be the head of the next one; 0 means it was not. */
  count(head = 0): void {
    this.#head = head
    this.#taken = (this.#taken + 1) | 0
    Atomics.store(this.#words, TAKEN, this.#taken)
  }

  /** The head of a message that was taken and can't be deserialized. */
  unread(): number {
    const head = this.#head !== 0 ? this.#head : (this.#words[wordOf(this.#taken)] as number)
    this.count()
    return head
  }
}
