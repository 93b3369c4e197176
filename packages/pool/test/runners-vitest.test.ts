import { describe, expect, it, vi } from 'vitest'
import { commandOf, node } from './project.js'
import { HANGS, tested } from './runner-helpers.js'

// What it starts are whole tools, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

// What a runner starts has to end by itself: the helper fails a process that does not.
describe('a plugin in TypeScript that calls the loop and a pool', () => {
  it.each(['forks', 'threads', 'vmForks', 'vmThreads'])('works in vitest, in its pool of %s', async pool => {
    const run = ['run', '--pool', pool, '--reporter', 'default', '--reporter', 'hanging-process']
    const { code, stdout, stderr } = await node(tested(), [commandOf('vitest'), ...run])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/6 passed/)
    expect(stdout).not.toMatch(HANGS)
  })
})
