import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join } from 'node:path'
import type * as Entries from './entries.js'

/** A method of Node's own loader that its types do not have. */
interface Compiled extends Module {
  _compile(text: string, file: string): void
}
interface Paths {
  _nodeModulePaths(folder: string): string[]
}

/**
 * Compiles the text that threads run as a CommonJS module under the name of this file. The text is published once: a
 * bundle includes it as a string, a thread of an installed package reads it as a file, since CommonJS cannot
 * import it synchronously everywhere.
 */
export function runText(): typeof Entries {
  const module = new Module(__filename) as Compiled
  module.filename = __filename
  module.paths = (Module as unknown as Paths)._nodeModulePaths(dirname(__filename))
  module._compile(textOf(join(dirname(__filename), 'worker-text.js')), __filename)
  return module.exports as typeof Entries
}

/** The string that the file exports as its default, which is all that the file contains. */
function textOf(file: string): string {
  return JSON.parse(readFileSync(file, 'utf8').slice('export default '.length)) as string
}
