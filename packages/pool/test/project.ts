import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const require = createRequire(import.meta.url)

/** The folder in which a package is installed; not every package tells its manifest's place. */
export function packageFolder(name: string): string {
  // Where a project has our tarballs installed, the same tests hold for them (tests/projects).
  const installed = process.env.BRIDGE_TEST_INSTALLED
  if (installed !== undefined && name.startsWith('@bridge/')) return join(installed, 'node_modules', name)
  if (name === '@bridge/pool') return join(here, '..')
  const folders = (require.resolve.paths(name) ?? []).map(folder => join(folder, name))
  const folder = folders.find(existsSync)
  if (folder === undefined) throw new Error(`${name} is not installed`)
  return folder
}

/** The file of a package's command. */
export function commandOf(name: string, command = name): string {
  const { bin } = require(join(packageFolder(name), 'package.json')) as {
    bin: string | Record<string, string>
  }
  return join(packageFolder(name), typeof bin === 'string' ? bin : (bin[command] as string))
}

/** A user's project: a copy of a fixture in a folder of its own, with a manifest, and these packages installed. */
export function projectOf(
  fixture: string,
  type: 'module' | 'commonjs' = 'module',
  installed: readonly string[] = ['@bridge/pool']
): string {
  const folder = scratchFolder(here)
  cpSync(join(here, 'fixtures', fixture), folder, { recursive: true })
  manifest(folder, type)
  for (const name of installed) install(folder, name)
  return folder
}

/** A folder that is gone when the test is over. Outside of this package nothing that it depends on is found. */
export function scratchFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, '.scratch-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Lets the modules of a folder find a package by its name. */
export function install(folder: string, name: string): void {
  const link = join(folder, 'node_modules', name)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(packageFolder(name), link, 'dir')
}

/** Says what kind of modules a folder holds. */
export function manifest(folder: string, type: 'module' | 'commonjs'): void {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type }))
}

/** Runs Node in a folder. The process has to end by itself. */
export function node(cwd: string, args: readonly string[], input?: string, more: NodeJS.ProcessEnv = {}) {
  // Without what this test runner, itself a runner's child, has set.
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...more }
  const child = spawn(process.execPath, args, { cwd, env, timeout: 60_000, killSignal: 'SIGKILL' })
  child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (stderr += text))
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}
