import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { outsideOfNpm } from '../environment.js'

const run = promisify(execFile)

/**
 * Runs a command to its end, and gives what it printed.
 *
 * @throws with all that it printed when it fails.
 */
export async function command(
  cwd: string,
  env: NodeJS.ProcessEnv,
  file: string,
  ...args: readonly string[]
): Promise<string> {
  try {
    const { stdout } = await run(file, args, {
      cwd,
      env: { ...outsideOfNpm, ...env },
      timeout: 280_000,
      maxBuffer: 64 * 1024 * 1024
    })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${file} ${args.join(' ')} in ${cwd}\n${stdout}${stderr}`, { cause: error })
  }
}
