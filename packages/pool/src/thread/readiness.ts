/** Whether a thread has come up, and who waits for it. */
export class Readiness {
  #waiting: ((outcome: { error?: unknown }) => void)[] = []
  #outcome: { error?: unknown } | undefined

  get isAwaited(): boolean {
    return this.#waiting.length > 0
  }

  /** Whether it has come up, its setup included. */
  get isUp(): boolean {
    return this.#outcome !== undefined && !('error' in this.#outcome)
  }

  /** Its setup failed so; it lives, and fails every call. */
  get failure(): unknown {
    return this.#outcome?.error
  }

  /** It is up (`{}`), or will not be. */
  settle(outcome: { error?: unknown }): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    for (const tell of this.#waiting.splice(0)) tell(outcome)
  }

  /** Resolves when the thread is up, and rejects with what keeps it from coming up. */
  async wait(): Promise<void> {
    const outcome =
      this.#outcome ?? (await new Promise<{ error?: unknown }>(tell => this.#waiting.push(tell)))
    if ('error' in outcome) throw outcome.error
  }
}
