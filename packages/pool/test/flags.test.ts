import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { install, manifest, node, scratchFolder } from './project.js'

const TASKS = `
  export const marks = () => [globalThis.before, globalThis.after]
  export const flags = () => process.execArgv
  export const spin = () => { for (let n = 0, end = Date.now() + 50; Date.now() < end;) n++ }
`
const APP = `
  import { createPool, loop } from '@bridge/pool'
  const url = new URL('./tasks.mjs', import.meta.url)
  const pool = createPool({ maxThreads: 1 })
  const tasks = pool.import(url)
`

/** A project whose application does this with its tasks. */
function project(body: string): string {
  const folder = scratchFolder(import.meta.dirname)
  manifest(folder, 'module')
  install(folder, '@bridge/pool')
  const files = {
    'tasks.mjs': TASKS,
    'app.mjs': `${APP}${body}\nawait pool.close()`,
    'before.mjs': 'globalThis.before = 1',
    'after.mjs': 'globalThis.after = 2'
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

describe('flags of the process', () => {
  it.each([
    ['--title', 'mine'],
    ['--inspect-port', '0'],
    ['--heapsnapshot-near-heap-limit', '1'],
    ['--unhandled-rejections', 'strict'],
    ['--stack-trace-limit=20'],
    ['--title=mine'],
    ['--max-old-space-size=200'],
    ['-C', 'own']
  ])('reach threads also behind %s %s', async (...flag) => {
    const folder = project('console.log(...(await tasks.marks()), ...loop.importSync(url).marks())')
    const flags = ['--import', './before.mjs', ...flag, '--import', './after.mjs']
    const { code, stdout, stderr } = await node(folder, [...flags, 'app.mjs'])
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1 2 1 2\n', stderr: '' })
  })

  it('for profiling write a profile of each thread', async () => {
    const folder = project('await tasks.spin()')
    const flags = ['--cpu-prof', '--cpu-prof-dir', 'cpu', '--heap-prof', '--heap-prof-dir', 'heap']
    const { code, stderr } = await node(folder, [...flags, 'app.mjs'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(readdirSync(join(folder, 'cpu'))).toHaveLength(2)
    expect(readdirSync(join(folder, 'heap'))).toHaveLength(2)
  })

  it('for profiling give a thread the time to write its profile, whatever killGrace is', async () => {
    const folder = project(`
      const hurried = createPool({ maxThreads: 1, killGrace: 1 })
      await hurried.import(url).spin()
      await hurried.close()`)
    const { code, stderr } = await node(folder, ['--heap-prof', '--heap-prof-dir', 'heap', 'app.mjs'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const name of readdirSync(join(folder, 'heap'))) {
      expect(readFileSync(join(folder, 'heap', name), 'utf8')).toMatch(/^\{"head"/)
    }
    expect(readdirSync(join(folder, 'heap'))).toHaveLength(2)
  })

  it('that name a profile apply the name to the process only', async () => {
    const folder = project('console.log((await tasks.flags()).join())')
    const { code, stdout } = await node(folder, [
      '--cpu-prof',
      '--cpu-prof-name',
      'one.cpuprofile',
      'app.mjs'
    ])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '--cpu-prof\n' })
    expect(readdirSync(folder).filter(name => name.endsWith('.cpuprofile'))).toHaveLength(2)
  })
})

describe('a process with --permission', () => {
  const FLAG = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission'
  const flags = [FLAG, '--allow-fs-read=*', '--no-warnings']
  const body = `
    for (const run of [() => tasks.marks(), () => tasks.marks().runSync(), () => loop.importSync(url).marks()]) {
      try {
        console.log(JSON.stringify(await run()))
      } catch (error) {
        console.log(error.name, error.message)
      }
    }`

  it('gets an error that names the missing flag that threads need, for a pool and for the loop', async () => {
    const { code, stdout } = await node(project(body), [...flags, 'app.mjs'])
    expect(code).toBe(0)
    const lines = stdout.trim().split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line).toMatch(/^WorkerLostError .*--permission.*--allow-worker/)
  })

  it('has threads with it', async () => {
    const { code, stdout } = await node(project(body), [...flags, '--allow-worker', 'app.mjs'])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[null,null]\n'.repeat(3) })
  })
})
