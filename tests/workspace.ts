import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export interface Manifest {
  name: string
  version: string
  packageManager?: string
  license?: string
  homepage?: string
  bugs?: { url: string }
  repository?: { type: string; url: string; directory?: string }
  exports?: Record<string, unknown>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

export interface Workspace {
  folder: string
  manifest: Manifest
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

/** The workspaces in `packages` or `apps`, by the name of their folder. */
export function workspacesIn(parent: 'packages' | 'apps'): Workspace[] {
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => `${parent}/${entry.name}`)
    .map(folder => ({ folder, manifest: readManifest(folder) }))
}

/** Every TypeScript file below `src`, relative to the root. */
export function sourcesOf({ folder }: Workspace): string[] {
  return readdirSync(join(root, folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.[cm]?tsx?$/.test(file))
    .map(file => `${folder}/src/${file}`)
}
