import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Application } from 'typedoc'
import { folders } from '../folders.js'
import { sectionsOf } from '../markdown/markdown.js'

/** Writes the API pages, one for each entry point, to `api/` in a folder. */
export async function writeApi(folder: string): Promise<void> {
  const out = join(folder, 'api')
  const app = await Application.bootstrapWithPlugins({ options: folders.typedoc, out })
  const project = await app.convert()
  if (project === undefined) throw new Error('TypeDoc could not read the packages')
  await app.generateOutputs(project)
  if (app.logger.hasErrors()) throw new Error('TypeDoc has found errors')
  for (const { page, entryPoint } of apiPages(folder)) {
    const file = join(folder, page)
    writeFileSync(file, titled(withRightAnchors(readFileSync(file, 'utf8')), entryPoint))
  }
}

/** The API pages, with the entry points that they describe. */
export function apiPages(folder: string): { page: string; entryPoint: string }[] {
  return readdirSync(join(folder, 'api'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md') && !name.endsWith('README.md'))
    .map(name => ({ page: `api/${name}`, entryPoint: name.replace(/(\/index)?\.md$/, '') }))
    .sort((a, b) => (a.entryPoint < b.entryPoint ? -1 : 1))
}

/** Sets the title of a page, because TypeDoc names an entry point by its file. */
function titled(text: string, entryPoint: string): string {
  return `---\noutline: [2, 3]\n---\n\n${text.replace(/^# .*$/m, `# ${entryPoint}`)}`
}

/**
 * TypeDoc's plugin numbers the anchor of a type's heading as a second one if a member of another type has the same anchor:
 * `BridgeErrorCode`, and `code` of `BridgeError`. On the page it is the first.
 */
function withRightAnchors(text: string): string {
  const anchors = new Set([
    ...sectionsOf(text.split('\n')).map(({ anchor }) => anchor),
    ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  ])
  return text.replaceAll(/\]\(#([\w-]+)-1\)/g, (link, first: string) =>
    anchors.has(`${first}-1`) || !anchors.has(first) ? link : `](#${first})`
  )
}
