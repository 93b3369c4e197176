import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
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

/** What an entry of its own may ask for, in the version that the package is tested with. */
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

  /** Runs a file of its own in the app and gives what it printed; it has to end by itself. */
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
    // One line each: importing prints nothing of its own.
    const names: string[] = JSON.parse(esm.stdout)
    expect(names).not.toEqual([])
    expect(JSON.parse(cjs.stdout)).toEqual(names)
  })

  test('holds what was built, and neither sources nor tests', () => {
    const files = readdirSync(join(app, 'node_modules', manifest.name))
    expect(
      files.filter(file => !/^(dist|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(file))
    ).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'dist', 'package.json']))
  })
})
