import { describe, expect, it, vi } from 'vitest'
import { commandOf, node } from './project.js'
import { HANGS, tested } from './runner-helpers.js'

// What it starts are whole tools, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

// What a runner starts has to end by itself: the helper fails a process that does not.
describe('a plugin in TypeScript that calls the loop and a pool', () => {
  it.each([
    ['in its own process', ['--runInBand']],
    ['in its processes', ['--maxWorkers', '2', '--ci']],
    ['in its threads', ['--workerThreads', '--maxWorkers', '2', '--ci']],
    ['looking for open handles', ['--detectOpenHandles']]
  ])('works in jest, %s', async (_, flags) => {
    const { code, stderr } = await node(tested(), [commandOf('jest'), '--no-cache', ...flags])
    expect(stderr).toMatch(/Tests: +6 passed/)
    expect(stderr).not.toMatch(HANGS)
    expect(code).toBe(0)
  })
})
