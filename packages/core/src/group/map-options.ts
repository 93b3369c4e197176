/** How a group of calls is to run. */
export interface Plan {
  readonly inputs: Iterable<unknown> | AsyncIterable<unknown>
  readonly mapper: (input: unknown, index: number) => unknown
  readonly concurrency: number
  readonly settle: boolean
}
