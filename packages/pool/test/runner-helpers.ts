import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { projectOf } from './project.js'

export const installed = ['@bridge/pool', 'vitest', 'esbuild']

/** A project with two files of tests: a runner has no need of its processes for one. */
export function tested(): string {
  const folder = projectOf('runners', 'module', installed)
  cpSync(join(folder, 'plugin.spec.ts'), join(folder, 'second.spec.ts'))
  return folder
}

/** What a runner says of what does not end. */
export const HANGS = /open handle|did not exit|hanging|close timed out|prevents/i
