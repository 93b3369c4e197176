import { describe, expect, it } from 'vitest'
import { node, projectOf } from './project.js'

/** Runs a script in a project of its own, in which `tasks` and `blocking` are loud.mjs on an executor. */
function run(executor: string, body: string, before = '') {
  const source = `
    import { pathToFileURL } from 'node:url'
    import { createLoop, createPool, loop } from '@bridge/pool'
    import { Writable } from 'node:stream'
    ${before}
    const executor = ${executor}
    const url = new URL('loud.mjs', pathToFileURL(process.cwd() + '/'))
    const tasks = executor.import(url)
    const blocking = executor.importSync(url)
    ${body}`
  return node(projectOf('started'), ['--input-type=module', '-e', source])
}

/** What replaces \`write\`, as a reporter does that keeps what a test prints. */
const replaced = (stream = 'stdout', mark = '> ') => `
  const own_${stream} = process.${stream}.write
  process.${stream}.write = function (chunk, ...rest) {
    return own_${stream}.call(this, '${mark}' + chunk, ...rest)
  };`

const EXECUTORS = [
  ['a pool', 'createPool({ maxThreads: 1 })'],
  ['a pinned thread', 'createPool().pin()'],
  ['loop', 'loop'],
  ['a loop of one’s own', 'createLoop()']
] as const

const lines = (...texts: readonly string[]): string => texts.map(text => `${text}\n`).join('')

describe.each(EXECUTORS)(
  'where process.stdout.write was replaced, what a thread of %s prints',
  (_, executor) => {
    it('goes through its replacement, in order with what the parent prints', async () => {
      const ended = await run(
        executor,
        `console.log('first')
      blocking.print('blocking')
      console.log('second')
      await tasks.print('awaited')
      console.log('third')
      await Promise.all([tasks.print('a'), tasks.print('b')]).then(() => console.log('fourth'))
      await executor.close()`,
        replaced()
      )
      const printed = ['first', 'blocking', 'second', 'awaited', 'third', 'a', 'b', 'fourth']
      expect(ended).toEqual({ code: 0, stdout: lines(...printed.map(text => `> ${text}`)), stderr: '' })
    })
  }
)

describe('the output of a thread', () => {
  const POOL = 'createPool({ maxThreads: 1 })'

  it('goes through a spinner that starts while calls are made, and is in order after it has stopped', async () => {
    const { stdout } = await run(
      POOL,
      `blocking.print('before')
      ${replaced('stdout', '* ')}
      blocking.print('during')
      process.stdout.write = own_stdout
      console.log('gone')
      blocking.print('after')
      await tasks.print('last')
      console.log('end')
      await executor.close()`
    )
    expect(stdout).toBe(lines('before', '* during', 'gone', 'after', 'last', 'end'))
  })

  it('belongs to the running test for a reporter that captures the output of each test', async () => {
    const { stdout } = await run(
      POOL,
      `const kept = {}
      const own = process.stdout.write
      const test = async (name, body) => {
        process.stdout.write = chunk => (kept[name] ??= []).push(String(chunk).trim()) > 0
        await body()
        process.stdout.write = own
      }
      await test('one', () => blocking.print('in one'))
      await test('two', async () => { await tasks.print('in two'); console.log('here') })
      console.log(JSON.stringify(kept))
      await executor.close()`
    )
    expect(stdout).toBe(lines('{"one":["in one"],"two":["in two","here"]}'))
  })

  it('is printed before a later callback, awaited or blocking', async () => {
    const { stdout } = await run(
      POOL,
      `const ask = () => { console.log('asked'); return 1 }
      blocking.asks(ask)
      await tasks.asks(ask)
      await tasks.asksLater(async () => ask())
      await executor.close()`,
      replaced('stdout', '')
    )
    expect(stdout).toBe(
      lines(
        ...['asks', 'asks'].flatMap(text => [text, 'asked', 'got 1']),
        'asks later',
        'asked',
        'got later 1'
      )
    )
  })

  it('of a thread that ends is printed before its call fails', async () => {
    const { stdout } = await run(
      POOL,
      `try { blocking.sayAndExit('bye') } catch (error) { console.log(error.code) }
      await tasks.sayAndExit('bye').catch(error => console.log(error.code))
      await executor.close()`,
      replaced()
    )
    expect(stdout).toBe(lines('> bye', '> BRIDGE_WORKER_LOST', '> bye', '> BRIDGE_WORKER_LOST'))
  })

  it('goes through it also if the setup module prints', async () => {
    const { stdout } = await run(
      "createPool({ maxThreads: 1, setup: 'data:text/javascript,console.log(1)' })",
      'await executor.warmUp()\nawait executor.close()',
      replaced()
    )
    expect(stdout).toBe(lines('> 1'))
  })

  it('goes through it also of threads below that thread', async () => {
    const { stdout } = await run(
      POOL,
      `await tasks.below()
      console.log('here')
      await executor.close()`,
      replaced()
    )
    const printed = ['above', 'below, by the loop', 'below, by a pool', 'above again', 'here']
    expect(stdout).toBe(lines(...printed.map(text => `> ${text}`)))
  })

  it('arrives as the texts and bytes that were printed', async () => {
    const { stdout } = await run(
      POOL,
      `const kept = []
      const own = process.stdout.write
      process.stdout.write = chunk => kept.push(typeof chunk === 'string' ? chunk : [Buffer.isBuffer(chunk), String(chunk)]) > 0
      blocking.print('é')
      blocking.bytes()
      blocking.hex()
      await tasks.early()
      process.stdout.write = own
      console.log(JSON.stringify(kept))
      await executor.close()`
    )
    expect(JSON.parse(stdout)).toEqual(['é\n', [true, 'é\n'], [true, 'é\n'], 'called back\n'])
  })

  it('to stderr goes through its replacement, and the rest directly to stdout', async () => {
    const { stdout, stderr } = await run(
      POOL,
      `blocking.complain('to stderr')
      blocking.print('to stdout')
      await executor.close()`,
      replaced('stderr')
    )
    expect({ stdout, stderr }).toEqual({ stdout: lines('to stdout'), stderr: lines('> to stderr') })
  })

  it('does not affect a call if the replacement throws, which is an uncaught error here', async () => {
    const { stdout } = await run(
      POOL,
      `process.on('uncaughtException', error => console.error(error.message))
      process.stdout.write = () => { throw new Error('no paper') }
      const told = blocking.print('lost')
      delete process.stdout.write
      console.log(told)
      await new Promise(resolve => setImmediate(resolve))
      await executor.close()`
    )
    expect(stdout).toBe(lines('undefined'))
  })
})

describe('the options stdout and stderr', () => {
  it('keep the stdout of a server free that communicates over it', async () => {
    const ended = await run(
      'createPool({ maxThreads: 1, stdout: process.stderr })',
      `process.stdout.write('Content-Length: 2\\r\\n\\r\\n{}')
      blocking.print('a log')
      await tasks.print('another')
      await executor.close()`
    )
    expect(ended).toEqual({
      code: 0,
      stdout: 'Content-Length: 2\r\n\r\n{}',
      stderr: lines('a log', 'another')
    })
  })

  it.each([
    ['a pool', 'createPool({ maxThreads: 1, stdout: out, stderr: out })'],
    ['a loop of one’s own', 'createLoop({ stdout: out, stderr: out })']
  ])('take any stream that is written to, also of threads below: %s', async (_, executor) => {
    const { stdout } = await run(
      executor,
      `blocking.print('one')
      blocking.complain('two')
      await tasks.below()
      await executor.close()
      console.log(kept.join(''))`,
      `const kept = []
      const out = new Writable({ decodeStrings: false, write(chunk, encoding, done) { kept.push(chunk); done() } })`
    )
    const printed = ['one', 'two', 'above', 'below, by the loop', 'below, by a pool', 'above again', '']
    expect(stdout).toBe(lines(...printed))
  })

  it('are refused if they are not writable', async () => {
    const { stdout } = await run(
      'undefined ?? loop',
      `for (const make of [() => createPool({ stdout: 'inherit' }), () => createLoop({ stderr: 2 })]) {
        try { make() } catch (error) { console.log(error.message) }
      }`
    )
    expect(stdout).toBe(
      lines(
        "createPool(): stdout must be a stream to write to, got 'inherit'",
        'createLoop(): stderr must be a stream to write to, got 2'
      )
    )
  })
})
