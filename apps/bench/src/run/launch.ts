import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Order } from '../child.js'
import type { Launch } from '../harness/rounds.js'
import type { Placement } from '../rows/row.js'

/** Sends an order to a new process, which is abandoned when it takes longer than `patience` milliseconds. */
export function launch(order: Order, placement: Placement, patience: number): Promise<Launch> {
  const child = fileURLToPath(new URL('./child.js', import.meta.url))
  const node = [process.execPath, '--no-warnings', child]
  const [command = '', ...args] = placement === 'one core' ? ['taskset', '-c', '0', ...node] : node
  return new Promise((resolve, reject) => {
    // The output of contestants is not a result.
    const running = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'json'
    })
    let said = ''
    running.stderr?.on('data', (chunk: Buffer) => {
      said += chunk
    })
    const timer = setTimeout(() => {
      said += `it did not end within ${patience / 1000} s`
      running.kill('SIGKILL')
    }, patience)
    running.once('message', message => resolve(message as Launch))
    running.once('error', reject)
    running.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(said.trim().slice(-500) || `its process ended with ${code}`))
    })
    running.send(order)
  })
}
