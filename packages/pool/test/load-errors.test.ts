import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inline, TaskNotFoundError } from '@bridge/core'
import { createPool, loop } from '@bridge/pool'
import { describe, expect, it } from 'vitest'
import { rejection, thrown } from './helpers.js'
import { manifest, scratchFolder } from './project.js'

type Anything = Record<string, () => PromiseLike<unknown> & { runSync(): unknown }>

const BAD = 'export const a = 1\n\nconst b = = 3\n'
const EXCERPT = '3\nconst b = = 3\n          ^'

function project(files: Record<string, string>): URL {
  const folder = scratchFolder(import.meta.dirname)
  manifest(folder, 'module')
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return pathToFileURL(`${folder}/`)
}

describe.each(['pool', 'loop', 'inline'])('the error of a module that can not be loaded by %s', name => {
  const executor = { pool: createPool({ maxThreads: 1 }), loop, inline }[name] as typeof inline

  it.each([
    ['itself', { 'tasks.mjs': BAD }, 'tasks.mjs'],
    [
      'in what it imports',
      { 'tasks.mjs': "import './dep.mjs'", 'dep.mjs': "import './deeper.js'", 'deeper.js': BAD },
      'deeper.js'
    ],
    [
      'in what it imports dynamically',
      { 'tasks.mjs': "await import('./dep.mjs')", 'dep.mjs': BAD },
      'dep.mjs'
    ],
    [
      'at its end',
      { 'tasks.mjs': "import './dep.mjs'", 'dep.mjs': 'export function f() {\n  if (true) {\n' },
      'dep.mjs',
      'Unexpected end of input',
      ''
    ],
    ['in CommonJS', { 'tasks.cjs': "require('./dep.cjs')", 'dep.cjs': BAD.replace('export ', '') }, 'dep.cjs']
  ])(
    'shows file, line and excerpt of a syntax error %s',
    async (_, files, bad, what = "Unexpected token '='", excerpt = EXCERPT) => {
      const folder = project(files as Record<string, string>)
      const url = new URL(Object.keys(files)[0] as string, folder)
      const error = await rejection((executor.import<Anything>(url) as Anything).f?.() as never)
      expect(error).toBeInstanceOf(TaskNotFoundError)
      expect(error.message).toContain(`could not be loaded: ${what}\n`)
      expect(error.message).toContain(`${new URL(bad, folder).href}:${excerpt}`)
    }
  )

  it('shows the name of a missing export', async () => {
    const folder = project({
      'tasks.mjs': "import { nope } from './dep.mjs'",
      'dep.mjs': 'export const a = 1'
    })
    const error = await rejection(
      (executor.import<Anything>(new URL('tasks.mjs', folder)) as Anything).f?.() as never
    )
    expect(error.message).toContain("does not provide an export named 'nope'")
    expect(error.message).toContain(`${new URL('tasks.mjs', folder).href}:1\n`)
  })

  it('shows the importer of a missing file', async () => {
    const folder = project({ 'tasks.mjs': "import './dep.mjs'", 'dep.mjs': "import './nowhere.mjs'" })
    const error = await rejection(
      (executor.import<Anything>(new URL('tasks.mjs', folder)) as Anything).f?.() as never
    )
    expect(error.message).toMatch(
      /tasks\.mjs could not be loaded: Cannot find module '.*nowhere\.mjs' imported from .*dep\.mjs$/
    )
  })

  it('does not show our files if the module itself is missing', async () => {
    const folder = project({})
    for (const file of ['tasks.mjs', 'tasks.cjs']) {
      const url = new URL(file, folder)
      const error = await rejection((executor.import<Anything>(url) as Anything).f?.() as never)
      expect(error.message).toMatch(
        /^the module file:.*\/tasks\.[cm]js could not be loaded: there is no such file\. Name the file/
      )
      expect(error.message).not.toMatch(/imported from|dist/)
    }
  })
})

describe('a module of tasks', () => {
  const pool = createPool({ maxThreads: 1 })
  const told = async (url: URL): Promise<string> =>
    (await rejection((pool.import<Anything>(url) as Anything).f?.() as never)).message

  it('that is missing gives an error that lists the files with its name', async () => {
    const folder = project({ 'tasks.mjs': '', 'other.js': '' })
    expect(await told(new URL('tasks.js', folder))).toMatch(/there is no such file.*; there is tasks\.mjs$/)
  })

  it('that a bundler has left without exports gives an error that says what to configure', async () => {
    const folder = project({
      'tasks.mjs': '',
      'tasks.cjs': 'module.exports = {}',
      'full.mjs': 'export const a = 1'
    })
    for (const file of ['tasks.mjs', 'tasks.cjs']) {
      expect(await told(new URL(file, folder))).toMatch(/exports no function 'f'.*output\.library\.type/)
    }
    expect(await told(new URL('full.mjs', folder))).toMatch(/exports no function 'f'; it exports a$/)
  })

  it('in TypeScript that is wrong gives an error with file and line, and what to write for a type', async () => {
    const folder = project({
      'tasks.ts': "import './helper.ts'",
      'helper.ts': 'export const a = 1\nconst b = = 2'
    })
    // By tsx, which says it in words of its own.
    expect(await told(new URL('tasks.ts', folder))).toMatch(/helper\.ts:2/)
  })
})

describe('a blocked caller', () => {
  it.each(['pool', 'loop'])('gets a syntax error in the same form: %s', name => {
    const executor = name === 'pool' ? createPool({ maxThreads: 1 }) : loop
    const folder = project({ 'tasks.mjs': "import './dep.mjs'", 'dep.mjs': BAD })
    const tasks = executor.importSync<Record<string, () => unknown>>(new URL('tasks.mjs', folder))
    expect(thrown(() => tasks.f?.()).message).toContain(`${new URL('dep.mjs', folder).href}:${EXCERPT}`)
  })
})
