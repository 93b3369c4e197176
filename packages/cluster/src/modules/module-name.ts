import { readFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidArgumentError } from '@bridge/core'

/** The name of a module in a cluster, independent of where its files are. */
export interface ModuleName {
  /** The package's name, and the path inside the package. */
  readonly name: string
  /** The package's version, or the build that was named instead. */
  readonly version: string
}

/** The URL of a module of which the caller has no file: `bridge:package@version/path`. */
const BY_NAME = /^bridge:((?:@[^/@]+\/)?[^/@]+)@([^/]+)\/(.+)$/

interface Package {
  readonly folder: string
  readonly name: string
  readonly version: string
}

const packages = new Map<string, Package | undefined>()

/** Whether a module is named without a file of it. */
export function isByName(url: unknown): url is `bridge:${string}` {
  return typeof url === 'string' && url.startsWith('bridge:')
}

/**
 * The name of a module by its URL, from the `package.json` above it.
 *
 * @throws InvalidArgumentError when there is no `package.json` with a name.
 */
export function nameOfModule(where: string, url: string, version?: string): ModuleName {
  if (isByName(url)) return named(where, url)
  if (!url.startsWith('file:')) {
    throw new InvalidArgumentError(
      `${where}: ${url} is not a file, so other machines cannot have it; use a module of a package`
    )
  }
  const file = fileURLToPath(url)
  const own = packageOf(dirname(file))
  if (own === undefined) {
    throw new InvalidArgumentError(
      `${where}: there is no package.json with a name above ${file}, by which other machines could identify the module; ` +
        "add one, or name the module by 'bridge:package@version/path'"
    )
  }
  const path = relative(own.folder, file).split(sep).join('/')
  return { name: `${own.name}/${path}`, version: version ?? own.version }
}

/** A name and its version as one string, which is also the name of the module's queue. */
export function shown({ name, version }: ModuleName): string {
  return `${name}@${version}`
}

function named(where: string, url: string): ModuleName {
  const [, name, version, path] = BY_NAME.exec(url) ?? []
  if (name === undefined || version === undefined) {
    throw new InvalidArgumentError(
      `${where}: '${url}' must be 'bridge:package@version/path', as in 'bridge:reports@1.4.0/dist/tasks.js'`
    )
  }
  return { name: `${name}/${path}`, version }
}

function packageOf(folder: string): Package | undefined {
  if (packages.has(folder)) return packages.get(folder)
  const parent = resolve(folder, '..')
  const own = readPackage(folder) ?? (parent === folder ? undefined : packageOf(parent))
  packages.set(folder, own)
  return own
}

function readPackage(folder: string): Package | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8')) as {
      name?: unknown
      version?: unknown
    }
    // A package.json without a name only sets the type of modules.
    if (typeof name !== 'string' || name === '') return undefined
    return { folder, name, version: typeof version === 'string' ? version : '0.0.0' }
  } catch {
    return undefined
  }
}
