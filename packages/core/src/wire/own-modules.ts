import { checkText } from '../check.js'
import { shared } from '../shared.js'

/** The built modules whose frames are hidden from users. */
export const ownModules = shared('@bridge/core/own-modules', () => new Set<string>())

/**
 * Removes the frames of the package that `moduleUrl` belongs to from the stacks that users see. Only separate packages
 * are hidden: bundled into an application, their frames can't be distinguished from the user's, and if the bundler has
 * made CommonJS of an ES module, there is no URL.
 */
export function hideFrames(moduleUrl: string | undefined): void {
  if (moduleUrl === undefined) return
  checkText('hideFrames()', 'moduleUrl', moduleUrl)
  ownModules.add(moduleUrl)
}

hideFrames(import.meta.url)

/** The stack below `entry`; empty if the user's own prepareStackTrace returns no text. */
export function stackBelow(entry: (...args: never[]) => unknown): string {
  try {
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder, entry)
    return typeof holder.stack === 'string' ? holder.stack : ''
  } catch {
    return ''
  }
}
