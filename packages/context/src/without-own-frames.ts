import { hideOwnFrames } from '@bridge/core/internal'

/** Runs what calls a user's function: what that throws shows none of our frames. */
export function withoutOwnFrames<R>(run: () => R): R {
  try {
    return run()
  } catch (error) {
    hideOwnFrames(error)
    throw error
  }
}
