/** How long, in milliseconds, a worker remembers that it has forwarded a call: by then its caller knows the new worker. */
const KEPT = 2000

/** The calls that were recently forwarded to other workers. */
export class ForwardedCalls {
  readonly #to = new Map<string, { readonly worker: string; readonly until: number }>()

  add(key: string, worker: string): void {
    const time = performance.now()
    this.#to.delete(key)
    this.#to.set(key, { worker, until: time + KEPT })
    for (const [old, { until }] of this.#to) {
      if (until > time) break
      this.#to.delete(old)
    }
  }

  /** The worker that has the call now. */
  find(key: string): string | undefined {
    const handed = this.#to.get(key)
    return handed !== undefined && handed.until > performance.now() ? handed.worker : undefined
  }
}
