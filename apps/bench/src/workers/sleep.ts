/** Waits the given milliseconds, and returns the given number. */
export function sleep(milliseconds: number, id: number): Promise<number> {
  return new Promise(resolve => setTimeout(resolve, milliseconds, id + 1))
}
