import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runtimes } from '../../../tools/runtimes.js'

const SCRIPT = fileURLToPath(new URL('./fixtures/runtimes/blocked.mjs', import.meta.url))

/** How a process ends that is sent a signal as soon as it is blocked. */
function interrupted(
  command: string,
  args: readonly string[]
): Promise<{ code: number | null; signal: string | null }> {
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
  const child = spawn(command, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 50_000,
    killSignal: 'SIGKILL'
  })
  child.stdout.once('data', () => child.kill('SIGINT'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
}

describe.each(runtimes)('on $name', ({ command, args }) => {
  it.each(['pool', 'loop'])('SIGINT ends a process that is blocked by a %s', async executor => {
    expect(await interrupted(command, [...args, SCRIPT, executor])).toEqual({ code: null, signal: 'SIGINT' })
  })
})

it('SIGINT reaches a handler when the wait that it interrupts is over', async () => {
  const script = fileURLToPath(new URL('./fixtures/handles-sigint.mjs', import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 50_000 })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
  child.stdout.once('data', () => child.kill('SIGINT'))
  const [code] = await once(child, 'close')
  expect({ code, stdout }).toEqual({ code: 5, stdout: 'blocked\nthe wait is over\nhandled\n' })
})
