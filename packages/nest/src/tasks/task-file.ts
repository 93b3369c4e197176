import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { TaskNotFoundError } from '@bridge/core'
import { isAsset, moduleUrl, sourceOf } from '@bridge/core/internal'

/**
 * Checks that the file of a class's tasks exists, or the TypeScript source that is compiled to it. A bundler does not see
 * a file that is named by a path: without this check, only the first call would fail. Returns `true`.
 *
 * @throws TaskNotFoundError that names the class, the path and what to do.
 */
export function checkTaskFile(name: string, url: URL | string): true {
  const href = moduleUrl('defineTasks()', url)
  if (!href.startsWith('file:')) return true
  const path = fileURLToPath(href)
  if (isAsset(href)) {
    throw new TaskNotFoundError(
      `${name}: ${path} is an asset that a bundler has copied and not built; configure it to keep new URL(): ` +
        `module: { parser: { javascript: { url: false, importMeta: false } } }, and ${RECIPE}`
    )
  }
  if (existsSync(new URL(sourceOf(href)))) return true
  throw new TaskNotFoundError(
    `${name}: there is no file ${path}, the task module that was passed to defineTasks(); in a bundle, ${RECIPE}`
  )
}

const RECIPE =
  "make it an entry of its own: entry: { main: './src/main.ts', ...bridgeEntries('src/**/*.tasks.ts') }, by bridgeEntries of " +
  '@bridge/nest/build (see Bundles in the README of @bridge/nest)'
