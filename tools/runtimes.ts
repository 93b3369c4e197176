import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What tests run scripts on: this Node, or another runtime from its npm package. */
export interface Runtime {
  readonly name: 'node' | 'bun' | 'deno'
  readonly command: string
  /** What stands before the script. */
  readonly args: readonly string[]
}

/** How a script ended. */
export interface Ended {
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

const isWindows = process.platform === 'win32'
const isArm = process.arch === 'arm64'

/** A program inside of the package that `name` has for this platform. Its install script, which copies it, is not run. */
function programOf(name: 'bun' | 'deno', platformPackage: string, file: string): string {
  const own = createRequire(createRequire(import.meta.url).resolve(`${name}/package.json`))
  const found = own.resolve(`${platformPackage}/package.json`)
  return join(dirname(found), isWindows ? `${file}.exe` : file)
}

function isMusl(): boolean {
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return process.platform === 'linux' && header?.glibcVersionRuntime === undefined
}

function bunPackage(): string {
  const system = isWindows ? 'windows' : process.platform
  return `@oven/bun-${system}-${isArm ? 'aarch64' : 'x64'}${isMusl() ? '-musl' : ''}`
}

function denoPackage(): string {
  return `@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`
}

const bun = { name: 'bun', command: programOf('bun', bunPackage(), 'bin/bun'), args: [] } as const
const deno = {
  name: 'deno',
  command: programOf('deno', denoPackage(), 'deno'),
  args: ['run', '--allow-all', '--no-prompt', '--cached-only']
} as const

/** The runtimes that are not Node. */
export const otherRuntimes: readonly Runtime[] = [bun, deno]

/** All of them; Node is the one that runs the tests. */
export const runtimes: readonly Runtime[] = [
  { name: 'node', command: process.execPath, args: [] },
  ...otherRuntimes
]

/** Runs a script; one that has not ended by itself after `patience` milliseconds is killed, and ended by SIGKILL. */
export function runOn(
  runtime: Runtime,
  script: string,
  args: readonly string[],
  patience = 15_000
): Promise<Ended> {
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
  return new Promise(resolve => {
    const options = { env, timeout: patience, killSignal: 'SIGKILL' } as const
    execFile(runtime.command, [...runtime.args, script, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.signal ?? error.code ?? null), stdout, stderr })
    })
  })
}
