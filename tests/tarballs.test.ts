import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outsideOfNpm as env } from './environment.js'
import { type Manifest, readManifest, root, workspacesIn } from './workspace.js'

const run = promisify(execFile)
const packages = workspacesIn('packages').map(({ manifest }) => manifest)
const inner = new Map(packages.map(manifest => [manifest.name, manifest]))

const folder = mkdtempSync(join(tmpdir(), 'bridge-tarballs-'))
const tarball = ({ name, version }: Manifest) =>
  join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)

beforeAll(async () => {
  const pnpm = readManifest('.').packageManager ?? 'pnpm'
  const args = ['--yes', pnpm, '--filter', './packages/*', 'pack', '--pack-destination', folder]
  await run('npx', args, { cwd: root, env })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What an optional entry needs, in the version that the package is tested with. */
function optionalPeers({ peerDependenciesMeta, devDependencies = {} }: Manifest): Record<string, string> {
  const names = Object.keys(peerDependenciesMeta ?? {}).filter(name => devDependencies[name] !== undefined)
  return Object.fromEntries(names.map(name => [name, devDependencies[name] as string]))
}

/** The package, and those of its dependencies and peers that are packages of this repository. */
function closure(manifest: Manifest, seen = new Set<Manifest>()): Set<Manifest> {
  seen.add(manifest)
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const dependency = inner.get(name)
    if (dependency && !seen.has(dependency)) closure(dependency, seen)
  }
  return seen
}

describe.each(packages)('the tarball of $name', manifest => {
  const app = join(folder, manifest.name.replace('/', '-'))
  const entries = Object.keys(manifest.exports ?? {})
    .filter(entry => entry !== './package.json')
    .map(entry => manifest.name + entry.slice(1))

  beforeAll(async () => {
    const dependencies = Object.fromEntries(
      [...closure(manifest)].map(one => [one.name, `file:${tarball(one)}`])
    )
    mkdirSync(app)
    Object.assign(dependencies, optionalPeers(manifest))
    writeFileSync(join(app, 'package.json'), JSON.stringify({ private: true, dependencies }))
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: app, env })
  })

  /** Runs a script in the app and returns its output; the process has to end by itself. */
  async function output(file: string, source: string): Promise<{ stdout: string; stderr: string }> {
    writeFileSync(join(app, file), source)
    return run(process.execPath, [file], { cwd: app, env, timeout: 120_000 })
  }

  test.each(entries)('gives the same exports to import and to require: %s', async entry => {
    const name = entry.replaceAll('/', '-')
    const print = 'console.log(JSON.stringify(Object.keys(it).filter(key => key !== "default").sort()))'
    const esm = await output(`${name}.mjs`, `import * as it from '${entry}'\n${print}`)
    const cjs = await output(`${name}.cjs`, `const it = require('${entry}')\n${print}`)
    expect([esm.stderr, cjs.stderr]).toEqual(['', ''])
    // One line each: importing prints nothing.
    const names: string[] = JSON.parse(esm.stdout)
    expect(names).not.toEqual([])
    expect(JSON.parse(cjs.stdout)).toEqual(names)
  })

  test('contains what was built, and neither sources nor tests', () => {
    const files = readdirSync(join(app, 'node_modules', manifest.name))
    expect(
      files.filter(file => !/^(dist|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(file))
    ).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist', 'package.json']))
  })

  test('is small, and refers to no source map', () => {
    expect(statSync(tarball(manifest)).size).toBeLessThan(250_000)
    const dist = join(app, 'node_modules', manifest.name, 'dist')
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    expect(files.filter(file => file.endsWith('.map'))).toEqual([])
    const scripts = files.filter(file => /\.[cm]?js$/.test(file))
    expect(
      scripts.filter(file => readFileSync(join(dist, file), 'utf8').includes('//# sourceMappingURL'))
    ).toEqual([])
  })

  test('has no script that prints pages of code where it throws', () => {
    const dist = join(app, 'node_modules', manifest.name, 'dist')
    // The texts for threads are strings, which throw nothing.
    const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
      file => /\.[cm]?js$/.test(file) && file !== 'worker-text.js'
    )
    const longLines = scripts.flatMap(file =>
      readFileSync(join(dist, file), 'utf8')
        .split('\n')
        .filter(
          line => line.length > 1000 && /\bthrow\b/.test(line) && !/^\s*(?:var|const) \w+ = ["'`]/.test(line)
        )
        .map(line => `${file}: ${line.length}`)
    )
    expect(longLines).toEqual([])
  })

  test('has one set of types for both kinds of modules', () => {
    const both = Object.values(manifest.exports ?? {}).filter(
      (entry): entry is { import: { types: string }; require: { types: string } } =>
        typeof entry === 'object' && entry !== null && 'import' in entry && 'require' in entry
    )
    expect(both).not.toEqual([])
    for (const { import: module } of both) {
      const types = readFileSync(join(app, 'node_modules', manifest.name, module.types), 'utf8')
      expect(types).toMatch(/^export \* from '\.\/[\w-]+\.cjs';\n$/)
    }
  })

  test('says where it comes from, how to report a fault, and where the security policy is', () => {
    const { url = '' } = readManifest('.').repository ?? {}
    const address = url.replace(/^git\+|\.git$/g, '')
    expect(manifest).toMatchObject({
      license: 'MIT',
      repository: { type: 'git', url, directory: expect.stringMatching(/^packages\//) },
      bugs: { url: `${address}/issues` },
      homepage: expect.stringContaining(`${address}/tree/main/packages/`)
    })
    const readme = readFileSync(join(app, 'node_modules', manifest.name, 'README.md'), 'utf8')
    expect(readme).toContain(`${address}/blob/main/SECURITY.md`)
  })
})
