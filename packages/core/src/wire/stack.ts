import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shared } from '../shared.js'

const hiddenFolders = shared('@bridge/core/hidden-frames', () => new Set<string>())

/** Leaves the frames of the built package that `moduleUrl` belongs to out of the stacks that users see. */
export function hideFrames(moduleUrl: string): void {
  const folder = dirname(moduleUrl)
  hiddenFolders.add(`${folder}/`)
  if (folder.startsWith('file:')) hiddenFolders.add(`${dirname(fileURLToPath(moduleUrl))}/`)
}

const INTERNAL = /\(?node:internal\/|\(node:worker_threads|^\s+at new Promise \(<anonymous>\)/

/** Whether everything is shown: `BRIDGE_DEBUG=1`. */
export function isDebugging(): boolean {
  return process.env.BRIDGE_DEBUG === '1'
}

/** The frame lines of a stack that are the user's own. */
export function userFrames(stack: string | undefined): string[] {
  const frames = (stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
  if (isDebugging()) return frames
  return frames.filter(line => {
    if (INTERNAL.test(line)) return false
    for (const folder of hiddenFolders) if (line.includes(folder)) return false
    return true
  })
}

/** A stack without our frames: its first lines as they are, then the user's frames. */
export function userStack(stack: string): string {
  if (isDebugging()) return stack
  const firstFrame = stack.search(/^\s+at /m)
  if (firstFrame < 0) return stack
  const head = stack.slice(0, firstFrame).trimEnd()
  return [head, ...userFrames(stack.slice(firstFrame))].join('\n')
}

/** The frames of whoever waits for the result, to put below those of the thread that threw. */
export function callerFrames(): string {
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, callerFrames)
  const frames = userFrames(holder.stack)
  return frames.length === 0 ? '' : `\n${frames.join('\n')}`
}
