import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { canKeepApart, keepApart } from '../src/harness/apart.js'
import type { Contestant } from '../src/harness/contestant.js'
import { playRounds } from '../src/harness/rounds.js'

/** One thread after another, each of which ends at once. */
const WITH_THREADS_THAT_END = `
  const { Worker } = require('node:worker_threads')
  const next = () => new Worker('', { eval: true }).once('exit', next)
  for (let n = 0; n < 4; n++) next()
  process.send('ready')
`

const WITH_A_THREAD = `
  const { Worker } = require('node:worker_threads')
  new Worker('setInterval(() => {}, 1000)', { eval: true }).once('online', () => process.send('ready'))
`

/** The cores that a thread of a process may use. */
function coresOf(pid: number, thread = pid): string {
  const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? ''
}

test('the caller is put on one core and every thread it has on the others, where there are any', async () => {
  const child = spawn(process.execPath, ['-e', WITH_A_THREAD], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc']
  })
  try {
    await once(child, 'message')
    const pid = child.pid as number
    if (!canKeepApart()) {
      expect(() => keepApart(pid)).toThrow()
      return
    }
    keepApart(pid)
    const others = readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .filter(thread => thread !== pid)
    expect(coresOf(pid)).toBe('0')
    expect(others.length).toBeGreaterThan(1)
    for (const thread of others) expect(coresOf(pid, thread)).toMatch(/^1/)
  } finally {
    child.kill('SIGKILL')
  }
})

test('a thread that ends meanwhile does not fail the call', async () => {
  const child = spawn(process.execPath, ['-e', WITH_THREADS_THAT_END], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc']
  })
  try {
    await once(child, 'message')
    const pid = child.pid as number
    if (!canKeepApart()) {
      expect(() => keepApart(pid)).toThrow()
      return
    }
    for (let n = 0; n < 20; n++) keepApart(pid)
    expect(coresOf(pid)).toBe('0')
  } finally {
    child.kill('SIGKILL')
  }
})

test('threads are placed when every contestant has made a call, and again before the first round that counts', async () => {
  const seen: string[] = []
  const cast = ['a', 'b'].map(
    (name): Contestant => ({
      name,
      role: 'peer',
      setup: () => void seen.push('set up'),
      run: () => seen.push('turn'),
      teardown: () => undefined
    })
  )
  const effort = { calls: 1, budget: 0, minRounds: 1, limit: 5000, warmUp: { calls: 1, time: 0 } } as const
  await playRounds(cast, effort, () => void seen.push('placed'))
  const turns = ['turn', 'turn']
  expect(seen).toEqual(['set up', 'set up', ...turns, 'placed', ...turns, 'placed', ...turns])
})

test('no contestant is always set up first', async () => {
  const firsts = new Set<string>()
  for (let launch = 0; launch < 40; launch++) {
    let first: string | undefined
    const cast = ['a', 'b'].map(
      (name): Contestant => ({
        name,
        role: 'peer',
        setup: () => {
          first ??= name
        },
        run: () => 1,
        teardown: () => undefined
      })
    )
    await playRounds(cast, { calls: 1, budget: 0, minRounds: 1, limit: 5000, warmUp: 'none' })
    firsts.add(first ?? '')
  }
  expect([...firsts].sort()).toEqual(['a', 'b'])
})
