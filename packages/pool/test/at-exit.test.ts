import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runScript } from './helpers.js'

const MODULE = new URL('./fixtures/at-exit.mjs', import.meta.url).href

/** What the threads of a process note that runs this, which has an executor and what it imported. */
async function noted(executor: string, body: string) {
  const folder = mkdtempSync(join(tmpdir(), 'at-exit-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const log = join(folder, 'log')
  const { code, stdout, stderr } = await runScript(
    `import { readFileSync } from 'node:fs'
     import { createPool, loop } from '@bridge/pool'
     const executor = ${executor}
     const tasks = executor.import('${MODULE}')
     const plain = executor.importSync('${MODULE}')
     ${body}`,
    [],
    { ...process.env, AT_EXIT_LOG: log }
  )
  return { code, stdout, stderr, notes: readFileSync(log, 'utf8').trim().split('\n') }
}

describe.each([
  ['a pool', 'createPool({ maxThreads: 1 })'],
  ['loop', 'loop']
])('at the end of the process, what is open on %s', (_, executor) => {
  it('is closed in order: the streams, then the objects, the last first', async () => {
    const { code, notes } = await noted(
      executor,
      `globalThis.held = [new tasks.Thing('one'), await tasks.thing('two'), tasks.numbers('a')[Symbol.asyncIterator](),
         tasks.numbers('b')[Symbol.asyncIterator](), new plain.Thing('three')]
       await held[2].next()
       await held[3].next()`
    )
    expect(code).toBe(0)
    expect(notes.slice(3)).toEqual(['end b', 'end a', 'dispose three', 'dispose two', 'dispose one'])
  })

  it('is closed by process.exit(), too, which keeps its code', async () => {
    const { code, notes } = await noted(
      executor,
      `globalThis.held = [await tasks.later('one'), plain.session('s')]
       process.exit(7)`
    )
    expect(code).toBe(7)
    expect(notes).toEqual(['make one', 'enter s', 'leave s', 'dispose one'])
  })

  it('is closed if an uncaught error ends the process', async () => {
    const { code, notes, stderr } = await noted(
      executor,
      `globalThis.held = await tasks.thing('one')
       setImmediate(() => { throw new Error('uncaught') })`
    )
    expect(code).toBe(1)
    expect(stderr).toContain('uncaught')
    expect(notes).toEqual(['make one', 'dispose one'])
  })

  it('is not closed twice if it was disposed', async () => {
    const { notes } = await noted(
      executor,
      `const one = await tasks.thing('one')
       await one[Symbol.asyncDispose]()
       const two = plain.thing('two')
       two[Symbol.dispose]()`
    )
    expect(notes).toEqual(['make one', 'dispose one', 'make two', 'dispose two'])
  })

  it('is closed by close(), too, before that resolves', async () => {
    const { notes, stdout } = await noted(
      executor,
      `globalThis.held = [await tasks.thing('one'), await tasks.session('s')]
       await executor.close()
       console.log('closed', readFileSync(process.env.AT_EXIT_LOG, 'utf8').includes('dispose one'))`
    )
    expect(stdout).toBe('closed true\n')
    expect(notes).toEqual(['make one', 'enter s', 'leave s', 'dispose one'])
  })

  it('does not delay the exit for longer than its time limit', async () => {
    const { code, stdout } = await noted(
      executor,
      `globalThis.held = await tasks.thing('hangs')
       let left
       process.once('exit', () => { left = performance.now() })
       process.prependOnceListener('exit', () => process.once('exit', () => console.log(performance.now() - left)))`
    )
    expect(code).toBe(0)
    expect(Number(stdout)).toBeLessThan(1_000)
  })

  it('sends nothing to the threads if nothing is open', async () => {
    const { code, notes } = await noted(
      executor,
      `globalThis.held = [await tasks.plain('one')]
       await tasks.plain('two')`
    )
    expect(code).toBe(0)
    expect(notes).toEqual(['plain one', 'plain two'])
  })
})
