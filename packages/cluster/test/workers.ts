import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

const require = createRequire(import.meta.url)

/** The built command. */
export const command = join(dirname(require.resolve('@bridge/cluster/package.json')), 'dist/bridge-worker.js')

/** The folder of the conformance suite's tasks. */
export const testingFolder = dirname(require.resolve('@bridge/core/testing'))

/** A test's own worker process. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number
  readonly child: ChildProcess
  /** What it has printed. */
  readonly lines: readonly string[]
  /** Ends it at once. */
  kill(): Promise<void>
  /** Requests it to stop, and resolves to its exit code. */
  stop(): Promise<number | null>
}

/** Starts `bridge-worker`, and waits until it takes calls. */
export async function startWorker(
  engine: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [command, '--engine', engine, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  const exited = once(child, 'exit')
  // A stopped test process leaves no worker behind.
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  void exited.then(() => process.off('exit', killNow))
  await new Promise<void>((resolve, reject) => {
    reader.on('line', line => {
      lines.push(line)
      if (line.includes('takes calls')) resolve()
    })
    child.once('exit', code => reject(new Error(`bridge-worker ended with ${code}: ${lines.join('\n')}`)))
  })
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  return {
    pid: child.pid as number,
    child,
    lines,
    kill,
    async stop() {
      child.kill('SIGTERM')
      const [code] = (await exited) as [number | null]
      return code
    },
    [Symbol.asyncDispose]: kill
  }
}

/** A test's own package, whose modules workers may offer. */
export class ScratchPackage implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'bridge-cluster-')))

  constructor(name = 'scratch', version = '1.0.0') {
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify({ name, version, type: 'module' }))
  }

  /** Writes a module, and returns its path. */
  module(name: string, source: string): string {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, source)
    return path
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
