/* Ways in which threads crash. */

export function exit(code: number): never {
  process.exit(code)
}

export function uncaught(ticket: number): Promise<never> {
  setImmediate(() => {
    throw new TypeError(`uncaught ${ticket}`)
  })
  return new Promise(() => {})
}

export function unhandled(ticket: number): Promise<never> {
  Promise.reject(new TypeError(`unhandled ${ticket}`))
  return new Promise(() => {})
}

export function spinForever(): never {
  for (;;);
}

export function exhaust(): never {
  const hoard: unknown[] = []
  for (;;) hoard.push(new Array(10_000).fill(hoard.length))
}

/** Ends its thread after some callbacks. */
export function die(calls: number, fn: (n: number) => number): never {
  for (let n = 0; n < calls; n++) fn(n)
  process.exit(1)
}
