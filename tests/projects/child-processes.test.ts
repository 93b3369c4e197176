import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../workspace.js'
import { projectWith, run } from './project.js'

/** Tests of `@bridge/pool` that run projects in child processes: they do not depend on where the package comes from. */
const FILES = ['flags', 'loading-again', 'output', 'bundlers', 'typescript', 'runners.test', 'started']

describe('the tests of @bridge/pool that run projects in child processes', () => {
  it('pass with the packed packages', async () => {
    const installed = await projectWith()
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const args = [vitest, 'run', '--config', 'vitest.workspace.ts', '--project', 'pool', ...FILES]
    const env = { BRIDGE_TEST_INSTALLED: installed }
    const { code, stdout, stderr } = await run(root, process.execPath, args, { env, timeout: 550_000 })
    expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' })
    expect(Number(/Tests .*?(\d+) passed/.exec(stdout)?.[1])).toBeGreaterThan(60)
  }, 600_000)
})
