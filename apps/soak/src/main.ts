import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArguments } from './arguments.js'

/*
 * The soak runs in a process of its own: should that one hang, run out of memory or be killed, it is told here, and the
 * exit code is 1 like that of anything else that is wrong.
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
