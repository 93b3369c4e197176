import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os'

/** Packages that the benchmark itself uses. */
const own = ['chart.js', 'simple-statistics']

interface Manifest {
  version: string
  dependencies: Record<string, string>
}

const here = (path: string): URL => new URL(path, import.meta.url)
const manifest = (path: string): Manifest => JSON.parse(readFileSync(here(path), 'utf8'))

/** The machine in one line. */
export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, ${memory} GB, ${platform()} ${release()}`
}

/** The measured packages with their installed versions. */
export function packageVersions(): Record<string, string> {
  const names = Object.keys(manifest('../package.json').dependencies).filter(name => !own.includes(name))
  return Object.fromEntries(
    names.map(name => [name, manifest(`../node_modules/${name}/package.json`).version])
  )
}
