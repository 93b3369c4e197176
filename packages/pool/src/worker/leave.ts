import { endThread } from '@bridge/core/internal'

interface SetupModule {
  readonly teardown?: unknown
  /** Where the exports of a CommonJS module may be. */
  readonly default?: { readonly teardown?: unknown } | null
}

/** The `teardown` function of the `setup` module, if it exports one. */
export function teardownOf(module: SetupModule): (() => unknown) | undefined {
  const found = module.teardown ?? module.default?.teardown
  return typeof found === 'function' ? (found as () => unknown) : undefined
}

/**
 * Ends this thread in order: first the functions that modules have registered are run, then `teardown`. Errors are
 * printed, since no caller is left to get them. The parent terminates the thread if this takes too long.
 */
export async function leave(setup: string | undefined, teardown: (() => unknown) | undefined): Promise<void> {
  let code = 0
  await endThread((what, error) => {
    code = 1
    console.error(`${what} failed at the end of its thread:`, error)
  })
  try {
    await teardown?.()
  } catch (error) {
    code = 1
    console.error(`teardown() of ${setup} failed:`, error)
  }
  process.exit(code)
}
