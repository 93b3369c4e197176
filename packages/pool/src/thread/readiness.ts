/** Whether a thread has started, and the callers that wait for it. */
export class Readiness {
  #waiting: ((outcome: { error?: unknown }) => void)[] = []
  #outcome: { error?: unknown } | undefined

  get isAwaited(): boolean {
    return this.#waiting.length > 0
  }

  /** Whether it has started, its setup included. */
  get isUp(): boolean {
    return this.#outcome !== undefined && !('error' in this.#outcome)
  }

  /** The error of its setup; the thread lives, and fails every call. */
  get failure(): unknown {
    return this.#outcome?.error
  }

  /** It has started (`{}`), or will not. */
  settle(outcome: { error?: unknown }): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    for (const notify of this.#waiting.splice(0)) notify(outcome)
  }

  /** Resolves when the thread has started; rejects with the reason when it can't start. */
  async wait(): Promise<void> {
    const outcome =
      this.#outcome ?? (await new Promise<{ error?: unknown }>(tell => this.#waiting.push(tell)))
    if ('error' in outcome) throw outcome.error
  }
}
