import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, inject } from 'vitest'
import { outsideOfNpm } from '../environment.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder that holds the tarball of each package; nothing in a rehearsal of a release. */
    tarballs: string
    /** The registry of a rehearsal; nothing elsewhere. */
    registry: string | undefined
  }
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder that is removed after the tests of a file, and from which nothing of this repository can be resolved. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-user-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A package of ours as a dependency: its tarball, or what the registry has where a release is rehearsed. */
function tarball(name: string): string {
  if (inject('registry') !== undefined) return 'latest'
  const start = `${name.replace('@', '').replace('/', '-')}-`
  const file = readdirSync(inject('tarballs')).find(one => one.startsWith(start))
  if (file === undefined) throw new Error(`${name} was not packed`)
  return `file:${join(inject('tarballs'), file)}`
}

/** Every package of ours: npm also takes the ones that others depend on from here. */
const OURS = ['@bridge/core', '@bridge/iter', '@bridge/context', '@bridge/pool']

/** A project with our packages and these tools, in the given versions, installed by npm next to these files. */
export async function projectWith(
  tools: Record<string, string> = {},
  manifest: object = {},
  files: Record<string, string> = {}
): Promise<string> {
  const folder = emptyFolder()
  write(folder, files)
  const ours = Object.fromEntries(OURS.map(name => [name, tarball(name)]))
  write(folder, {
    'package.json': JSON.stringify({ private: true, ...manifest, dependencies: { ...ours, ...tools } })
  })
  const flags = ['--no-audit', '--no-fund', '--prefer-offline']
  const registry = inject('registry')
  if (registry !== undefined) write(folder, { '.npmrc': `registry=${registry}\n` })
  const { code, stderr } = await run(folder, 'npm', ['install', ...flags], { timeout: 250_000 })
  if (code !== 0) throw new Error(`npm install: ${stderr}`)
  return folder
}

/** The same tarballs for a test that installs by another command. */
export function ourTarballs(...names: readonly string[]): string[] {
  return names.map(tarball)
}

/** Writes files by their paths. */
export function write(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

/** Copies fixture files. */
export function copyFixture(name: string, folder: string): void {
  cpSync(join(import.meta.dirname, 'fixtures', name), folder, { recursive: true })
}

/** Runs a command in a folder, as in a shell. The process has to end by itself. */
export function run(
  cwd: string,
  command: string,
  args: readonly string[],
  {
    env = {},
    timeout = 90_000,
    input = ''
  }: { env?: NodeJS.ProcessEnv; timeout?: number; input?: string } = {}
): Promise<Ended> {
  const path = [join(cwd, 'node_modules', '.bin'), dirname(process.execPath), outsideOfNpm.PATH].join(
    delimiter
  )
  const child = spawn(command, args, {
    cwd,
    env: { ...outsideOfNpm, PATH: path, ...env },
    timeout,
    killSignal: 'SIGKILL'
  })
  child.stdin.on('error', () => {}).end(input)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', text => (stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
}

export const node = (cwd: string, ...args: readonly string[]): Promise<Ended> =>
  run(cwd, process.execPath, args)
