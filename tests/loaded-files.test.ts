import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

/*
 * Finding and reading a file takes longer than compiling its contents, so the number of loaded files determines half of
 * the start-up time of a program.
 */

/** A package from which all of these can be resolved by name. */
const folder = fileURLToPath(new URL('../packages/pool', import.meta.url))

/**
 * Prints the URL of each module that is loaded from now on: hooks that Node runs on a separate thread have no other
 * output.
 */
const NOTING = `
  import { writeSync } from 'node:fs'
  import module from 'node:module'
  const hooks = \`
    import { writeSync } from 'node:fs'
    export async function load(url, context, next) {
      writeSync(1, url + '\\\\n')
      return next(url, context)
    }\`
  if (module.registerHooks === undefined) module.register('data:text/javascript,' + encodeURIComponent(hooks))
  else module.registerHooks({ load: (url, context, next) => (writeSync(1, url + '\\n'), next(url, context)) })
  `

/** The built files that a script loads, without the hashes that a build adds to their names. */
async function filesNamed(type: 'module' | 'commonjs', source: string): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [`--input-type=${type}`, '--eval', source],
    { cwd: folder, env: { PATH: process.env.PATH }, timeout: 30_000 }
  )
  expect(stderr).toBe('')
  const files = stdout.replaceAll('\\', '/').matchAll(/\/(\w+)\/dist\/(.*)$/gm)
  return [...files].map(([, name, file]) => `${name}/${file?.replace(/-[\w-]+(?=\.)/, '')}`).sort()
}

const imported = (body: string): Promise<string[]> => filesNamed('module', `${NOTING}${body}`)

const required = (...entries: string[]): Promise<string[]> =>
  filesNamed(
    'commonjs',
    `${entries.map(entry => `require('${entry}')`).join('\n')}
    console.log(Object.keys(require.cache).join('\\n'))`
  )

const CORE = ['@bridge/core', '@bridge/core/executor', '@bridge/core/internal']

describe('the entries of core that are loaded together', () => {
  test('are one file and a small one for each, as ES modules', async () => {
    const files = await imported(CORE.map(entry => `await import('${entry}')`).join('\n'))
    expect(files).toEqual([
      'core/all.js',
      'core/executor/index.js',
      'core/index.js',
      'core/internal/index.js'
    ])
  })

  test('are one file and a small one for each, in CommonJS', async () => {
    expect(await required(...CORE)).toEqual([
      'core/all.cjs',
      'core/executor/index.cjs',
      'core/index.cjs',
      'core/internal/index.cjs'
    ])
  })
})

describe('a part of core that few programs need', () => {
  test('is loaded when a module is first imported on this thread', async () => {
    const files = await imported(`
      const { inline } = await import('@bridge/core')
      await inline.import('data:text/javascript,export const two = () => 2').two()`)
    expect(files).toEqual(['core/all.js', 'core/index.js', 'core/load.js'])
  })

  test('is loaded when a group is first awaited', async () => {
    const files = await imported(`
      const { bridge, parallelMap } = await import('@bridge/core')
      await parallelMap([1], bridge(n => n))`)
    expect(files).toEqual(['core/all.js', 'core/index.js', 'core/map.js'])
  })

  test('is loaded when a function first gets an argument that another thread would not get', async () => {
    const files = await imported(`
      const { inline } = await import('@bridge/core')
      await inline.import('data:text/javascript,export const same = given => given').same([1])`)
    expect(files).toEqual(['core/all.js', 'core/index.js', 'core/load.js', 'core/loss.js'])
  })

  test('is one file beside the host, which needs it', async () => {
    const files = await imported(`await import('@bridge/core/host')`)
    expect(files).toEqual(['core/all.js', 'core/host/index.js', 'core/load.js'])
  })
})

describe('the pool', () => {
  test('is one file, and the text of its threads, beside those of core and iter, as an ES module', async () => {
    expect(await imported(`await import('@bridge/pool')`)).toEqual([
      'core/all.js',
      'core/executor/index.js',
      'core/index.js',
      'core/internal/index.js',
      'iter/index.js',
      'pool/index.js',
      'pool/worker.js'
    ])
  })

  test('is one file beside those of core and iter, in CommonJS', async () => {
    expect(await required('@bridge/pool')).toEqual([
      'core/all.cjs',
      'core/executor/index.cjs',
      'core/index.cjs',
      'core/internal/index.cjs',
      'iter/index.cjs',
      'pool/index.cjs'
    ])
  })
})
