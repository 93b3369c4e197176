import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scratchFolder } from './project.js'

/** What fixtures/synckit/worker.mjs serves. */
export type Work = (what: string, ...args: unknown[]) => Promise<unknown>

export const url = (name: string): URL => new URL(`./fixtures/synckit/${name}`, import.meta.url)

export const path = (name: string): string => fileURLToPath(url(name))

/** A copy of a worker: what is made for a path is made once, with its first options. */
export function copied(name: string, folder = scratchFolder(import.meta.dirname)): string {
  cpSync(path(name), join(folder, name))
  return join(folder, name)
}
