import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A built server in a separate process. */
export interface FlightsServer {
  readonly url: string
  /** What it printed before it was ready, and since. */
  output(): string
  /** Sends the signal; resolves to the exit code and the signal that ended the process. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const running = new Set<ChildProcess>()

/**
 * Starts the server on a free port, with its data below `folder`, and waits for its output: by default the address at
 * which it listens.
 */
export async function startFlights(
  folder: string,
  env: NodeJS.ProcessEnv = {},
  until = /listening on (\S+)/
): Promise<FlightsServer> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, TMPDIR: folder, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  running.add(child)
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child)
    return { code, signal } as { code: number | null; signal: NodeJS.Signals | null }
  })
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    const onOutput = (chunk: Buffer) => {
      output += chunk
      const match = until.exec(output)
      if (match !== null) resolve(match[1] ?? '')
    }
    // Both listeners live as long as the child.
    child.stdout.on('data', onOutput)
    child.stderr.on('data', onOutput)
    void ended.then(({ code }) => reject(new Error(`the server ended with ${code}: ${output}`)))
  })
  return {
    url,
    output: () => output,
    end(signal) {
      child.kill(signal)
      return ended
    }
  }
}

/** Ends the processes that a test has left behind. */
export function killFlights(): void {
  for (const child of running) child.kill('SIGKILL')
}
