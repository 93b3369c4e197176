/** The settings that make an executor of threads a loop: one thread, whose event loop all calls share. */
export const ONE_THREAD = {
  minThreads: 1,
  maxThreads: 1,
  concurrencyPerThread: Infinity,
  maxQueue: Infinity,
  idleTimeout: Infinity,
  recycleAfter: undefined,
  isShared: true
} as const
