import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArguments } from './arguments.js'

/*
 * The soak test runs in a child process: if that hangs, runs out of memory or is killed, this process reports it, and the exit
 * code is 1 as for any other failure.
 */
try {
  const { service, minutes, seed } = parseArguments(process.argv.slice(2))
  const run = fileURLToPath(new URL(service ? './service/run.js' : './run.js', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--expose-gc', run, '--minutes', `${minutes}`, '--seed', `${seed}`],
    {
      stdio: 'inherit'
    }
  )
  child.on('exit', (code, signal) => {
    if (signal !== null) console.error(`soak: ended by ${signal}; seed ${seed}`)
    process.exitCode = code === 0 ? 0 : 1
  })
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
