/** How many messages a sender may be ahead of its reader while their heads have words of their own. */
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
 * What each message on a port is about: a message whose data can't be read, being nested too deeply for its reader's
 * stack or larger than its memory, can't say so itself. The sender writes the head of its nth message to a word of its
 * own before it posts that message; the reader counts what it takes, and looks at the word only of what it can't read.
 * The sender alone writes the heads, the reader alone writes TAKEN; a word is written anew only once the reader has
 * taken what it stood for. A sender that is further ahead posts the head as a message before.
 */

function wordsOf(memory: SharedArrayBuffer, port: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(memory, bytesOfHeads(port), WORDS)
}

function wordOf(message: number): number {
  return FIRST + (message & (KEPT - 1))
}

/** The sender's end of the heads of one port. */
export class SentHeads {
  readonly #words: Int32Array<SharedArrayBuffer>
  #sent = 0

  constructor(memory: SharedArrayBuffer, port: number) {
    this.#words = wordsOf(memory, port)
  }

  /** Writes the head of the next message; `false` when a message must tell it before. */
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

/** The reader's end of the heads of one port. */
export class ReadHeads {
  readonly #words: Int32Array<SharedArrayBuffer>
  #taken = 0
  #told = 0

  constructor(memory: SharedArrayBuffer, port: number) {
    this.#words = wordsOf(memory, port)
  }

  /** A message has been taken, which may have told the head of the next one; 0 tells nothing. */
  count(told = 0): void {
    this.#told = told
    this.#taken = (this.#taken + 1) | 0
    Atomics.store(this.#words, TAKEN, this.#taken)
  }

  /** The head of a message that was taken and can't be read. */
  unread(): number {
    const head = this.#told !== 0 ? this.#told : (this.#words[wordOf(this.#taken)] as number)
    this.count()
    return head
  }
}
