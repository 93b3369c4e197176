/** A figure of a Python bridge, from the project's record of measurements: the same machine, another day. */
export interface PythonRow {
  readonly id: string
  readonly title: string
  /** The row of bridge that is compared. */
  readonly from: string
  readonly unit: 'µs' | 'ns'
  /** The better and the worse end of the Python measurement, in the row's unit. */
  readonly best: number
  readonly worst: number
  /** How many times better bridge should be than their better end. */
  readonly times: number
}

const nsFromThousandsPerSecond = (thousands: number): number => 1e6 / thousands

export const pythonRows: readonly PythonRow[] = [
  {
    id: 'python-blocking',
    title: 'loop, blocking no-op : synchronicity f(42)',
    from: 'loop-hot',
    unit: 'µs',
    best: 46,
    worst: 120,
    times: 5
  },
  {
    id: 'python-blocking-one-core',
    title: 'loop, blocking no-op : synchronicity f(42)',
    from: 'loop-hot-one-core',
    unit: 'µs',
    best: 46,
    worst: 120,
    times: 5
  },
  {
    id: 'python-threaded',
    title: 'pool, awaited no-op : aiothreads @threaded',
    from: 'await-one',
    unit: 'µs',
    best: 38,
    worst: 83,
    times: 2
  },
  {
    id: 'python-threaded-one-core',
    title: 'pool, awaited no-op : aiothreads @threaded',
    from: 'await-one-one-core',
    unit: 'µs',
    best: 38,
    worst: 83,
    times: 2
  },
  {
    id: 'python-stream',
    title: 'stream of numbers : aiothreads stream',
    from: 'stream-numbers',
    unit: 'ns',
    best: nsFromThousandsPerSecond(158),
    worst: nsFromThousandsPerSecond(107),
    times: 60
  },
  {
    id: 'python-blocking-stream',
    title: 'async generator → blocking for : synchronicity stream',
    from: 'stream-blocking',
    unit: 'ns',
    best: nsFromThousandsPerSecond(23),
    worst: nsFromThousandsPerSecond(12),
    times: 200
  },
  {
    id: 'python-sync-await',
    title: "a callback into the caller's thread : aiothreads sync_await",
    from: 'callback',
    unit: 'µs',
    best: 57,
    worst: 57,
    times: 1
  },
  {
    id: 'python-sync-await-one-core',
    title: "a callback into the caller's thread : aiothreads sync_await",
    from: 'callback-one-core',
    unit: 'µs',
    best: 57,
    worst: 57,
    times: 1
  },
  {
    id: 'python-parallel-map',
    title: 'a blocking parallelMap of 100, a call : synchronaut parallel_map',
    from: 'parallel-map',
    unit: 'µs',
    best: 8,
    worst: 8,
    times: 1
  }
]
