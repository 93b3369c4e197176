import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { node, projectOf } from './project.js'

const TIMES = 3000
const REST = '.'.repeat(100)
const lines = (text: string, times = TIMES) =>
  Array.from({ length: times }, (_, n) => `${text} ${n} ${REST}\n`).join('')

const script = (executor: string, end: string) => `
  import { pathToFileURL } from 'node:url'
  import { createPool, loop } from '@bridge/pool'
  const pool = createPool({ maxThreads: 1 })
  const module = new URL('say.mjs', pathToFileURL(process.cwd() + '/'))
  const { say, sayLater } = ${executor}.importSync(module)
  console.log('first')
  say('a', ${TIMES})
  console.log('second')
  sayLater('b', ${TIMES})
  console.log('third')
  await ${executor}.import(module).say('c', 5)
  console.log('last')
  ${end}
`
const printed = `first\n${lines('a')}second\n${lines('b')}third\n${lines('c', 5)}last\n`

const ends = [
  ['by itself', '', { status: 0, signal: null }],
  ['by process.exit()', 'process.exit(4)', { status: 4, signal: null }],
  ['by a signal', "process.kill(process.pid, 'SIGKILL')", { status: null, signal: 'SIGKILL' }]
] as const

describe.each(['pool', 'loop'])('the output of a thread of a %s', executor => {
  it.each(ends)('is whole and in order in a pipe, of a process that then ends %s', (_, end, ended) => {
    const args = ['--input-type=module', '-e', script(executor, end)]
    const options = { cwd: projectOf('started'), encoding: 'utf8', maxBuffer: 1e8 } as const
    const { stdout, stderr, status, signal } = spawnSync(process.execPath, args, options)
    expect({ status, signal, stderr }).toEqual({ ...ended, stderr: '' })
    expect(stdout).toBe(printed)
  })

  it.each(ends)('is whole and in order in a file, of a process that then ends %s', (_, end, ended) => {
    const cwd = projectOf('started')
    const file = join(cwd, 'printed.txt')
    const fd = openSync(file, 'w')
    const args = ['--input-type=module', '-e', script(executor, end)]
    const { status, signal } = spawnSync(process.execPath, args, { cwd, stdio: ['ignore', fd, 'inherit'] })
    closeSync(fd)
    expect({ status, signal }).toEqual(ended)
    expect(readFileSync(file, 'utf8')).toBe(printed)
  })
})

describe('the output of threads', () => {
  const from = `
    import { pathToFileURL } from 'node:url'
    import { createPool } from '@bridge/pool'
    const pool = createPool({ minThreads: 2, maxThreads: 2 })
    const tasks = pool.import(new URL('say.mjs', pathToFileURL(process.cwd() + '/')))
  `
  const run = (body: string) => node(projectOf('started'), ['--input-type=module', '-e', from + body])

  it('at once stays whole lines, in the order of each', async () => {
    const { stdout } = await run(`await Promise.all([tasks.say('a', ${TIMES}), tasks.say('b', ${TIMES})])`)
    const of = (text: string) => stdout.split(/(?<=\n)/).filter(line => line.startsWith(text))
    expect(of('a').join('')).toBe(lines('a'))
    expect(of('b').join('')).toBe(lines('b'))
    expect(stdout.length).toBe(lines('a').length + lines('b').length)
  })

  it('to stderr arrives there', async () => {
    const { stdout, stderr } = await run("tasks.complain('a', 3).runSync(); process.exit()")
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'a 0\na 1\na 2\n' })
  })

  it('before they exit is not lost', async () => {
    const { stdout } = await run("await tasks.sayAndExit('bye').catch(error => console.log(error.code))")
    expect(stdout).toBe('bye\nBRIDGE_WORKER_LOST\n')
  })

  it.each(['pool', 'loop'])('to a pipe whose reader has closed it ends no call: a %s', async executor => {
    const body = `
      const { sayLater } = ${executor === 'pool' ? 'pool' : 'loop'}.import(new URL('say.mjs', pathToFileURL(process.cwd() + '/')))
      // The reader leaves meanwhile. (A console passes over what its stream can't write.)
      for (let n = 0; n < 20; n++) await sayLater('a', ${TIMES})
      console.error('continued', (await sayLater('b', 1)) === undefined)`
    const source = `import { loop } from '@bridge/pool'\n${from}${body}`
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: projectOf('started')
    })
    child.stdout.once('data', () => child.stdout.destroy())
    let stderr = ''
    child.stderr.on('data', text => (stderr += text))
    const code = await new Promise(resolve => child.on('close', resolve))
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'continued true\n' })
  })
})
