import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, test } from 'vitest'

/** The programs that tests start. */
export type Program = 'redis-server' | 'nats-server'

/** How a server is started. */
export interface ServerOptions {
  /** Whether Redis persists its data to a file, so that it survives a kill. */
  readonly keeps?: boolean
  /** Additional arguments for the program. */
  readonly args?: readonly string[]
}

/** A test's own server, on a free port of this machine. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>
  /** Stops it, so that it accepts data and answers nothing, until it is killed. */
  freeze(): void
  /** Starts it on the same port, in the same folder. */
  start(): Promise<void>
}

/** Whether the program is installed. */
function isInstalled(program: Program): boolean {
  return spawnSync(program, ['--version']).status === 0
}

/**
 * A block of tests that need a program. If it is not installed, a test reports that they were left out; in CI that test fails.
 */
export function describeWith(program: Program, name: string, tests: () => void): void {
  if (isInstalled(program)) describe(name, tests)
  else {
    test(`${name}: left out, because ${program} is not installed`, () => {
      if (process.env.CI) throw new Error(`CI must have ${program}: install it before the tests`)
    })
  }
}

/** Starts a server, and waits until it takes connections. */
export async function startServer(program: Program, options: ServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), `bridge-${program}-`))
  const port = await freePort()
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    ending.kill('SIGKILL')
    await once(ending, 'exit')
  }
  // A stopped test process leaves no server behind.
  const killNow = (): void => void child?.kill('SIGKILL')
  process.once('exit', killNow)
  const start = async (): Promise<void> => {
    child = spawn(program, argumentsOf(program, port, folder, options), { cwd: folder, stdio: 'ignore' })
    await accepts(port, child)
  }
  await start()
  return {
    url: `${program === 'nats-server' ? 'nats' : 'redis'}://127.0.0.1:${port}`,
    port,
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    start,
    async [Symbol.asyncDispose]() {
      await kill()
      process.off('exit', killNow)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

function argumentsOf(
  program: Program,
  port: number,
  folder: string,
  { keeps = false, args = [] }: ServerOptions
): string[] {
  if (program === 'nats-server') return ['-a', '127.0.0.1', '-p', `${port}`, ...args]
  const kept = ['--save', '', '--appendonly', keeps ? 'yes' : 'no', '--appendfsync', 'always']
  return ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, ...kept, ...args]
}

/** A port of this machine that no program listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function accepts(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (child.exitCode !== null) throw new Error(`The server ended with code ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await delay(20)
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`The server did not take a connection at port ${port}`)
}
