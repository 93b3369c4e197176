import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TaskNotFoundError } from '@bridge/core'
import { isAsset, moduleUrl, sourceOf } from '@bridge/core/internal'

/**
 * Looks whether the file of a class's tasks is there, or the TypeScript that is compiled to it. A bundler knows nothing of
 * a file that is named by a path: without this, only the first call would tell. Gives `true`.
 *
 * @throws TaskNotFoundError that names the class, the path and what to do.
 */
export function checkTaskFile(name: string, url: URL | string): true {
  const href = moduleUrl('defineTasks()', url)
  if (!href.startsWith('file:')) return true
  const path = fileURLToPath(href)
  if (isAsset(href)) {
    throw new TaskNotFoundError(
      `${name}: ${path} is what a bundler has copied of its tasks as an asset, and not built; have new URL() left as it is: ` +
        `module: { parser: { javascript: { url: false, importMeta: false } } }, and ${RECIPE}`
    )
  }
  if (existsSync(new URL(sourceOf(href)))) return true
  throw new TaskNotFoundError(
    `${name}: there is no file ${path}, which defineTasks() was told that its tasks are in; in a bundle, ${RECIPE}`
  )
}

const RECIPE =
  "make it an entry of its own: entry: { main: './src/main.ts', ...bridgeEntries('src/**/*.tasks.ts') }, by bridgeEntries of " +
  '@bridge/nest/build (see Bundles in the README of @bridge/nest)'
