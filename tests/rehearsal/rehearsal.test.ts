import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { emptyFolder, run } from '../projects/project.js'
import { readManifest, root, workspacesIn } from '../workspace.js'
import { prints, programs } from './programs.js'

const packages = workspacesIn('packages')

/** What the README of a package has its user install beside what is installed anyway. */
function installedBy(folder: string): string[] {
  const readme = readFileSync(join(root, folder, 'README.md'), 'utf8')
  const [, names = ''] = /^npm install (?<names>.*)$/m.exec(readme) ?? []
  return names.split(' ').filter(name => /^[@\w][\w/.-]*$/.test(name))
}

/** The dependencies of a project that has this package alone, with what it must be used beside. */
function dependenciesOf(folder: string): Record<string, string> {
  const { peerDependencies = {}, peerDependenciesMeta = {} } = readManifest(folder)
  const frameworks = Object.entries(peerDependencies).filter(
    ([name]) => !name.startsWith('@bridge/') && peerDependenciesMeta[name]?.optional !== true
  )
  // What each Nest application has.
  if (peerDependencies['@nestjs/core'] !== undefined) frameworks.push(['reflect-metadata', '^0.2.0'])
  return {
    ...Object.fromEntries(installedBy(folder).map(name => [name, 'latest'])),
    ...Object.fromEntries(frameworks)
  }
}

function project(folder: string): string {
  const path = emptyFolder()
  writeFileSync(join(path, '.npmrc'), `registry=${inject('registry')}\n`)
  const manifest = { name: 'app', private: true, type: 'module', dependencies: dependenciesOf(folder) }
  writeFileSync(join(path, 'package.json'), JSON.stringify(manifest))
  return path
}

const succeeds = async (cwd: string, command: string, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await run(cwd, command, args, {
    timeout: 200_000
  })
  expect({ code, problem: code === 0 ? '' : `${command}: ${stdout}${stderr}` }).toEqual({
    code: 0,
    problem: ''
  })
  return stdout
}

describe('the registry', () => {
  it('has every package in its first version', () => {
    const published = inject('published')
    expect(published.map(({ name, version }) => `${name}@${version}`)).toEqual(
      packages.map(({ manifest }) => `${manifest.name}@0.1.0`)
    )
    for (const { name } of published) expect(inject('log')).toContain(`${name}@0.1.0`)
  })

  it('has a changelog of that version for each, which is not empty', () => {
    for (const { name, changelog } of inject('published')) {
      expect(changelog).toMatch(
        new RegExp(`^# ${name}\n\n## 0\\.1\\.0\n\n### \\w+ Changes\n\n- \\S[\\s\\S]{200}`)
      )
    }
  })

  it('gives what npm shows of a package: repository, licence, homepage, bug tracker and README', async () => {
    for (const { folder, manifest } of packages) {
      const shown = await fetch(`${inject('registry')}${manifest.name.replace('/', '%2f')}`)
      const { versions, readme } = (await shown.json()) as {
        versions: Record<string, Record<string, unknown>>
        readme: string
      }
      const { repository, bugs, homepage, license } = versions['0.1.0'] ?? {}
      expect({ repository, bugs, homepage, license }).toEqual({
        repository: manifest.repository,
        bugs: manifest.bugs,
        homepage: manifest.homepage,
        license: 'MIT'
      })
      expect(readme).toBe(readFileSync(join(root, folder, 'README.md'), 'utf8'))
    }
  })
})

describe.each(packages)('$manifest.name, installed alone', ({ folder, manifest: { name } }) => {
  const write = (path: string): void => {
    writeFileSync(join(path, 'tasks.mjs'), 'export const double = async n => n * 2\n')
    writeFileSync(join(path, 'app.mjs'), programs[name] ?? '')
  }

  it('by npm', async () => {
    const path = project(folder)
    write(path)
    await succeeds(path, 'npm', 'install', '--no-audit', '--no-fund')
    expect(await succeeds(path, 'node', 'app.mjs')).toBe(prints[name])
  })

  it('by pnpm', async () => {
    const path = project(folder)
    write(path)
    const { packageManager = '' } = readManifest('.')
    await succeeds(path, 'npx', '--yes', packageManager, 'install', '--ignore-scripts')
    expect(await succeeds(path, 'node', 'app.mjs')).toBe(prints[name])
  })

  describe("by Yarn with Plug'n'Play", () => {
    let yarn: string
    beforeAll(async () => {
      const tools = emptyFolder()
      await succeeds(tools, 'npm', 'install', '--prefer-offline', '@yarnpkg/cli-dist@4.18.1')
      yarn = join(tools, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js')
    })

    it('runs', async () => {
      const path = project(folder)
      write(path)
      writeFileSync(join(path, 'yarn.lock'), '')
      writeFileSync(join(path, '.yarnrc.yml'), yarnSettings(`${inject('registry')}`, emptyFolder()))
      await succeeds(path, 'node', yarn, 'install')
      const flags = ['--require', './.pnp.cjs', '--experimental-loader', './.pnp.loader.mjs', '--no-warnings']
      expect(await succeeds(path, 'node', ...flags, 'app.mjs')).toBe(prints[name])
    })
  })
})

/** In `folder` Yarn keeps the metadata of packages, with the addresses of the registry that they came from. */
function yarnSettings(registry: string, folder: string): string {
  return `
nodeLinker: pnp
pnpEnableEsmLoader: true
npmRegistryServer: ${registry}
unsafeHttpWhitelist: ['127.0.0.1']
enableGlobalCache: false
globalFolder: ${folder}
enableTelemetry: false
enableImmutableInstalls: false
enableScripts: false
npmMinimalAgeGate: 0
`
}
