/** A promise that the test settles by hand. */
export class Latch<T = void> {
  open!: (value: T) => void
  fail!: (reason: unknown) => void
  readonly opened: Promise<T> = new Promise<T>((resolve, reject) => {
    this.open = resolve
    this.fail = reject
  })
}

/** Lets everything that is ready run: microtasks, and one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
