import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { node, projectOf } from './project.js'

const tasks = "'./tasks.cjs'"
const esm = `
  import { pathToFileURL } from 'node:url'
  import { createPool, loop } from '@bridge/pool'
  const module = new URL(${tasks}, pathToFileURL(process.cwd() + '/'))
  const { add } = createPool().import(module)
  const { addLater } = loop.importSync(module)
  console.log(await add(1, 2), add(3, 4).runSync(), addLater(5, 6))
`
const cjs = `
  const { createPool, loop } = require('@bridge/pool')
  const module_ = require('node:path').resolve(${tasks})
  const { add } = createPool().import(module_)
  const { addLater } = loop.importSync(module_)
  add(1, 2).then(sum => console.log(sum, add(3, 4).runSync(), addLater(5, 6)))
`
const worked = { code: 0, stdout: '3 7 11\n', stderr: '' }

describe('a process that calls threads, and ends by itself,', () => {
  it.each([
    ['a file', ['app.cjs']],
    ['node -e', ['-e', cjs]],
    ['node --eval=…, with --input-type', ['--input-type=commonjs', `--eval=${cjs}`]],
    ['node -e, as an ES module', ['--input-type=module', '-e', esm]],
    ['node -e, its flags after it', ['-e', esm, '--input-type', 'module']]
  ])('may be started from %s', async (_, args) => {
    expect(await node(projectOf('started'), args)).toEqual(worked)
  })

  it('may be started by node -p', async () => {
    const script = `require('@bridge/pool').loop.importSync(require('node:path').resolve(${tasks})).addLater(5, 6)`
    expect(await node(projectOf('started'), ['-p', script])).toEqual({ ...worked, stdout: '11\n' })
  })

  it.each([
    ['CommonJS', [], cjs],
    ['an ES module', ['--input-type=module'], esm],
    ['an ES module, named -', ['--input-type=module', '-'], esm]
  ])('may be read from standard input: %s', async (_, args, script) => {
    expect(await node(projectOf('started'), args, script)).toEqual(worked)
  })
})

describe('the preparation of a process also applies to its threads:', () => {
  const print = `
    import { pathToFileURL } from 'node:url'
    import { createPool, loop } from '@bridge/pool'
    const here = pathToFileURL(process.cwd() + '/')
    const pool = createPool()
    console.log(await pool.import(new URL('say.mjs', here)).prepared())
    console.log(loop.importSync(new URL('say.mjs', here)).prepared())
  `
  const prepared = { code: 0, stdout: 'by a preload\nby a preload\n', stderr: '' }

  it.each([
    ['--import, of a file', ['--import', './preload.mjs']],
    ['--import=…', ['--import=./preload.mjs']],
    ['--import, of a data: URL', ['--import', "data:text/javascript,globalThis.prepared = 'by a preload'"]],
    ['--require', ['--require', './preload.cjs']],
    ['-r', ['-r', './preload.cjs']]
  ])('%s', async (_, flags) => {
    expect(await node(projectOf('started'), [...flags, '--input-type=module', '-e', print])).toEqual(prepared)
  })

  it('NODE_OPTIONS', async () => {
    const args = ['--input-type=module', '-e', print]
    const NODE_OPTIONS = '--import ./preload.mjs'
    expect(await node(projectOf('started'), args, '', { NODE_OPTIONS })).toEqual(prepared)
  })

  it('the hooks of a loader', async () => {
    const folder = projectOf('started')
    writeFileSync(join(folder, 'any.greeting'), '')
    const script = print.replaceAll('say.mjs', 'any.greeting').replaceAll('prepared()', "greet('you')")
    const flags = ['--no-deprecation', '--import', './loader.mjs', '--input-type=module']
    const stdout = 'hello you\nhello you\n'
    expect(await node(folder, [...flags, '-e', script])).toEqual({ code: 0, stdout, stderr: '' })
  })
})
