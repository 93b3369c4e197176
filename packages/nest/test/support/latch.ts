/** Something that a test waits for until it is opened, with what it was opened with. */
export interface Latch<T> {
  readonly opened: Promise<T>
  readonly open: (value: T) => void
}

export function latch<T = void>(): Latch<T> {
  let open: (value: T) => void = () => {}
  const opened = new Promise<T>(resolve => {
    open = resolve
  })
  return { opened, open }
}
