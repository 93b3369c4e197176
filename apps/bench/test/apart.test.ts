import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { canKeepApart, keepApart } from '../src/harness/apart.js'
import type { Contestant } from '../src/harness/contestant.js'
import { playRounds } from '../src/harness/rounds.js'

const WITH_A_THREAD = `
  const { Worker } = require('node:worker_threads')
  new Worker('setInterval(() => {}, 1000)', { eval: true }).once('online', () => process.send('ready'))
`

/** The cores that each thread of a process may use, its first one's first. */
function coresOf(pid: number): [first: string, ...others: string[]] {
  const allowed = (thread: string): string =>
    /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))?.[1] ?? ''
  const others = readdirSync(`/proc/${pid}/task`).filter(thread => Number(thread) !== pid)
  return [allowed(String(pid)), ...others.map(allowed)]
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
    const [first, ...others] = coresOf(pid)
    expect(first).toBe('0')
    expect(others.length).toBeGreaterThan(1)
    for (const cores of others) expect(cores).toMatch(/^1/)
  } finally {
    child.kill('SIGKILL')
  }
})

test('threads are placed when everybody has made a call, and again before a figure counts', async () => {
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
  const effort = { calls: 1, budget: 0, minRounds: 1, limit: 5000, warmUp: 'rounds' } as const
  await playRounds(cast, effort, () => void seen.push('placed'))
  const turns = ['turn', 'turn']
  expect(seen).toEqual(['set up', 'set up', ...turns, 'placed', ...turns, 'placed', ...turns])
})

test('nobody is always set up first', async () => {
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
