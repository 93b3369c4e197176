import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { commandOf, node, projectOf } from './project.js'
import { installed } from './runner-helpers.js'

// What it starts are whole tools, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

// What a runner starts has to end by itself: the helper fails a process that does not.
describe('a plugin in TypeScript that calls the loop and a pool', () => {
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
