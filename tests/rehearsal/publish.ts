import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { root } from '../workspace.js'
import { command } from './command.js'
import { startRegistry } from './registry.js'

/** A package as it was published. */
export interface Published {
  readonly name: string
  readonly version: string
  readonly changelog: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    published: readonly Published[]
    /** What `changeset publish` printed. */
    log: string
  }
}

/** Publishes what is committed, from a clone: nothing in this checkout changes. Everything is gone afterwards. */
export default async function publish({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-rehearsal-'))
  const clone = join(folder, 'bridge')
  const pnpm = ['--yes', JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager]
  const registry = await startRegistry(folder).catch(error => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  const end = async (): Promise<void> => {
    await registry[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const CI = { CI: 'true', TURBO_TELEMETRY_DISABLED: '1' }
    await command(folder, {}, 'git', 'clone', '--quiet', root, clone)
    await command(clone, CI, 'npx', ...pnpm, 'install', '--frozen-lockfile', '--prefer-offline')
    await command(clone, CI, 'npx', ...pnpm, 'run', 'version')
    const packages = readdirSync(join(clone, 'packages')).map(name => join(clone, 'packages', name))
    // Whatever else a user's configuration says, a package is published to no other registry.
    for (const path of packages) publishTo(registry.url, join(path, 'package.json'))
    writeFileSync(join(clone, '.npmrc'), registry.npmrc)
    // As `pnpm release` does, less the builds of what is not published.
    await command(clone, CI, 'npx', ...pnpm, 'run', 'build', '--filter', './packages/*')
    const log = await command(clone, CI, 'npx', ...pnpm, 'exec', 'changeset', 'publish')
    provide('registry', registry.url)
    provide('log', log)
    provide(
      'published',
      packages.map(path => {
        const { name, version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
        const changelog = join(path, 'CHANGELOG.md')
        return { name, version, changelog: existsSync(changelog) ? readFileSync(changelog, 'utf8') : '' }
      })
    )
    // For who has asked to read what a user will.
    const kept = process.env.BRIDGE_REHEARSAL_CHANGELOGS
    if (kept !== undefined)
      for (const path of packages)
        cpSync(join(path, 'CHANGELOG.md'), join(kept, `${path.split('/').at(-1)}.md`))
  } catch (error) {
    await end()
    throw error
  }
  return end
}

function publishTo(registry: string, file: string): void {
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.publishConfig.registry = registry
  writeFileSync(file, JSON.stringify(manifest, undefined, 2))
}
