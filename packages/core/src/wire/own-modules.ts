import { checkText } from '../check.js'
import { shared } from '../shared.js'

/** The built modules whose frames users do not see. */
export const ownModules = shared('@bridge/core/own-modules', () => new Set<string>())

/**
 * Leaves the frames of the package that `moduleUrl` belongs to out of the stacks that users see. Only a package of
 * bridge's own is left out: bundled into an application, its frames can't be told from the user's, and where the bundler
 * has made CommonJS of an ES module it has no URL at all.
 */
export function hideFrames(moduleUrl: string | undefined): void {
  if (moduleUrl === undefined) return
  checkText('hideFrames()', 'moduleUrl', moduleUrl)
  ownModules.add(moduleUrl)
}

hideFrames(import.meta.url)

/** The stack below `entry`; empty where the user's own way of making stacks gives no text. */
export function stackBelow(entry: (...args: never[]) => unknown): string {
  try {
    const holder: { stack?: unknown } = {}
    Error.captureStackTrace(holder, entry)
    return typeof holder.stack === 'string' ? holder.stack : ''
  } catch {
    return ''
  }
}
