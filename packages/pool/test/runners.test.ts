import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { commandOf, node, projectOf } from './project.js'

// What it starts are whole tools, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

const installed = ['@bridge/pool', 'vitest', 'esbuild']
/** A project with two files of tests: a runner has no need of its processes for one. */
function tested(): string {
  const folder = projectOf('runners', 'module', installed)
  cpSync(join(folder, 'plugin.spec.ts'), join(folder, 'second.spec.ts'))
  return folder
}

const HANGS = /open handle|did not exit|hanging|close timed out|prevents/i

// What a runner starts has to end by itself: the helper fails a process that does not.
describe('a plugin in TypeScript that calls the loop and a pool', () => {
  it.each(['forks', 'threads', 'vmForks', 'vmThreads'])('works in vitest, in its pool of %s', async pool => {
    const run = ['run', '--pool', pool, '--reporter', 'default', '--reporter', 'hanging-process']
    const { code, stdout, stderr } = await node(tested(), [commandOf('vitest'), ...run])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/6 passed/)
    expect(stdout).not.toMatch(HANGS)
  })

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

  it('works in the test runner of Node', async () => {
    const { code, stdout } = await node(projectOf('runners'), ['--test', 'node-runner.mjs'])
    expect(stdout).toMatch(/pass 1\n/)
    expect(code).toBe(0)
  })

  it.each([
    ['in its own process', []],
    ['in its threads', ['--concurrency', '2']]
  ])('works as a rule of eslint, %s', async (_, flags) => {
    const folder = projectOf('runners', 'module', installed)
    for (const name of ['one', 'two'])
      writeFileSync(join(folder, `${name}.js`), `const ${name} = 1\n// TODO ${name}\n`)
    const { code, stdout } = await node(folder, [commandOf('eslint'), '--format', 'json', ...flags, '*.js'])
    const messages = JSON.parse(stdout).flatMap((file: { messages: object[] }) => file.messages)
    expect(messages).toMatchObject([
      { line: 2, message: '// TODO one' },
      { line: 2, message: '// TODO two' }
    ])
    expect(code).toBe(1)
  })
})
