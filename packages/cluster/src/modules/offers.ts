import { existsSync, readdirSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { InvalidArgumentError } from '@bridge/core'
import { moduleUrl } from '@bridge/core/internal'
import { type ModuleName, nameOfModule, shown } from './module-name.js'

/** The extensions of modules. */
const MODULE = /\.[cm]?[jt]sx?$/
const NOT_MODULE = /\.d\.[cm]?ts$/

/** The modules that a worker offers: nothing else can be run, whatever callers name. */
export class Offers {
  readonly #urls = new Map<string, string>()
  readonly #versions = new Map<string, ReadonlySet<string>>()
  readonly #folders: Folder[] = []

  /**
   * @param modules URLs or absolute paths of modules, or of folders, which offer every module in them.
   * @param version the modules' version, instead of that of their package.
   * @param compatible other versions whose callers these modules also serve.
   * @throws InvalidArgumentError when an entry is not a module, or there are none.
   */
  constructor(
    where: string,
    modules: readonly (URL | string)[],
    version: string | undefined,
    compatible: readonly string[]
  ) {
    for (const module of modules) {
      const given = moduleUrl(where, module, 'modules')
      const isFolder = isFolderAt(where, given)
      if (isFolder) {
        const { name, version: own } = nameOfModule(where, `${given}/_`, version)
        const folder = name.slice(0, -'/_'.length)
        this.#folders.push({ name: folder, url: given, versions: new Set([own, ...compatible]) })
      }
      for (const url of isFolder ? modulesIn(given) : [given]) {
        const own = nameOfModule(where, url, version)
        this.#urls.set(own.name, url)
        this.#versions.set(own.name, new Set([own.version, ...compatible]))
      }
    }
    if (this.#urls.size === 0 && this.#folders.length === 0) {
      throw new InvalidArgumentError(`${where}: modules names no module; name at least one`)
    }
  }

  /** The module's URL on this machine; `undefined` if it is not offered, or not to callers of that version. */
  find({ name, version }: ModuleName): string | undefined {
    const known = this.#versions.get(name)
    if (known !== undefined) return known.has(version) ? this.#urls.get(name) : undefined
    return this.#findIn(name, version)
  }

  /** A module that was added to an offered folder since. */
  #findIn(name: string, version: string): string | undefined {
    for (const folder of this.#folders) {
      if (!name.startsWith(`${folder.name}/`) || !folder.versions.has(version)) continue
      const path = name.slice(folder.name.length + 1)
      if (!isModule(path) || path.split('/').some(part => part === '..' || part === '.')) continue
      const url = pathToFileURL(`${fileURLToPath(folder.url)}/${path}`)
      if (existsSync(url)) return url.href
    }
    return undefined
  }

  /** Each module in each version, in the form of the queues' names. */
  get all(): string[] {
    return [...this.#versions].flatMap(([name, versions]) =>
      [...versions].map(version => shown({ name, version }))
    )
  }

  /** Why a module is not run by this worker. */
  refusal(module: ModuleName): string {
    const versions = this.#versions.get(module.name)
    if (versions !== undefined) {
      return `it has ${module.name} in version ${[...versions].join(', ')}, and the caller asks for ${module.version}`
    }
    return `it does not offer ${module.name}; it offers ${[...this.#urls.keys()].join(', ')}`
  }
}

interface Folder {
  readonly name: string
  readonly url: string
  readonly versions: ReadonlySet<string>
}

function isModule(path: string): boolean {
  return MODULE.test(path) && !NOT_MODULE.test(path) && !path.split('/').includes('node_modules')
}

function isFolderAt(where: string, url: string): boolean {
  if (!url.startsWith('file:')) {
    throw new InvalidArgumentError(`${where}: ${url} is not a file; name modules by their files`)
  }
  const path = fileURLToPath(url)
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    throw new InvalidArgumentError(`${where}: there is no module at ${path}; build it first`, { cause })
  }
}

function modulesIn(folder: string): string[] {
  const path = fileURLToPath(folder)
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map(file => file.split(sep).join('/'))
    .filter(isModule)
    .map(file => pathToFileURL(`${path}/${file}`).href)
}
