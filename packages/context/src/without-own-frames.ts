import { hideOwnFrames } from '@bridge/core/internal'

/** Runs code that calls a user's function; errors of that function show none of this package's frames. */
export function withoutOwnFrames<R>(run: () => R): R {
  try {
    return run()
  } catch (error) {
    hideOwnFrames(error)
    throw error
  }
}
