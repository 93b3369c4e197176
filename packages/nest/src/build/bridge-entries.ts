import { readdirSync, statSync } from 'node:fs'
import { basename, join, posix, relative, resolve } from 'node:path'
import { InvalidArgumentError } from '@bridge/core'
import { checkOptions, checkText, refuse } from '@bridge/core/internal'

/** Options of `bridgeEntries`. */
export interface BridgeEntriesOptions {
  /** The folder of relative paths and patterns; by default the working directory of the process. */
  readonly cwd?: string | undefined
}

/**
 * Entries of a bundle, for webpack and rspack, by which each task module is built to a file of its own, which the threads
 * import. An entry is named after its file, without folder and extension: in a bundle, `__dirname` and `import.meta.url`
 * are those of the output file, whatever folder the source was in, so './x.tasks.js' beside any source is looked for
 * beside the bundle.
 *
 * @param files paths, or patterns with `*`, `**`, `?` and `{a,b}`.
 * @returns the absolute path of each file by its name.
 * @throws InvalidArgumentError when a file does not exist, a pattern matches no file, or two files have the same name.
 * @example
 * ```ts
 * // rspack.config.js
 * export default options => ({
 *   ...options,
 *   entry: { main: options.entry, ...bridgeEntries('src/*.tasks.ts') },
 *   output: { ...options.output, filename: '[name].js' }
 * })
 * ```
 */
export function bridgeEntries(
  files: string | readonly string[],
  options: BridgeEntriesOptions = {}
): Record<string, string> {
  checkOptions('bridgeEntries()', options ?? null, ['cwd'])
  if (options.cwd !== undefined) checkText('bridgeEntries()', 'cwd', options.cwd)
  const cwd = resolve(options.cwd ?? '.')
  const given = typeof files === 'string' ? [files] : files
  if (!Array.isArray(given) || given.length === 0) {
    refuse('bridgeEntries()', 'files must be a path or a pattern, or a list of these', files)
  }
  const entries: Record<string, string> = {}
  for (const path of new Set(given.flatMap(one => pathsOf(one, cwd)))) {
    const name = basename(path).replace(/\.[cm]?[jt]sx?$/, '')
    if (Object.hasOwn(entries, name)) {
      throw new InvalidArgumentError(
        `bridgeEntries(): ${entries[name]} and ${path} would both be built to ${name}.js, beside the bundle; rename one`
      )
    }
    entries[name] = path
  }
  return entries
}

function pathsOf(file: unknown, cwd: string): string[] {
  checkText('bridgeEntries()', 'files', file)
  const pattern = posix.normalize((file as string).replaceAll('\\', '/'))
  if (!/[*?{]/.test(pattern)) {
    const path = resolve(cwd, pattern)
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return [path]
    throw new InvalidArgumentError(
      `bridgeEntries(): there is no file ${path}; name a file of tasks, or a pattern such as src/**/*.tasks.ts`
    )
  }
  // The part before the first special character is a folder; all files below it are candidates.
  const folder = pattern.slice(0, pattern.search(/[*?{]/)).replace(/[^/]*$/, '')
  const root = resolve(cwd, folder)
  const matching = matcherOf(pattern.slice(folder.length))
  const found = filesBelow(root).filter(path => matching.test(relative(root, path).replaceAll('\\', '/')))
  if (found.length > 0) return found.sort().map(path => resolve(path))
  throw new InvalidArgumentError(
    `bridgeEntries(): no file below ${root} matches ${pattern}; patterns are relative to the folder that the bundler runs in`
  )
}

function filesBelow(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path)
    return [path]
  })
}

const PARTS: Readonly<Record<string, string>> = {
  '**/': '(?:[^/]+/)*',
  '**': '.*',
  '*': '[^/]*',
  '?': '[^/]',
  '{': '(?:',
  ',': '|',
  '}': ')'
}

function matcherOf(pattern: string): RegExp {
  let depth = 0
  const source = pattern.replace(/\*\*\/|\*\*|[*?{},]|[\\^$.|+()[\]]/g, part => {
    if (part === ',' && depth === 0) return part
    if (part === '}' && depth === 0) return '\\}'
    if (part === '{') depth++
    if (part === '}') depth--
    return PARTS[part] ?? `\\${part}`
  })
  if (depth > 0) throw new InvalidArgumentError(`bridgeEntries(): the { in ${pattern} has no }`)
  return new RegExp(`^${source}$`)
}
