import { endThread } from '@bridge/core/internal'

interface SetupModule {
  readonly teardown?: unknown
  /** Where the exports of a CommonJS module may stand. */
  readonly default?: { readonly teardown?: unknown } | null
}

/** The function by which the module of `setup` takes down what it has set up, if it exports one. */
export function teardownOf(module: SetupModule): (() => unknown) | undefined {
  const found = module.teardown ?? module.default?.teardown
  return typeof found === 'function' ? (found as () => unknown) : undefined
}

/**
 * Ends this thread as one that has nothing more to do: what modules have asked for is done first, then what was set up is
 * taken down. What fails then is printed, since no caller is left to be told. The owner ends the thread where this takes
 * too long.
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
