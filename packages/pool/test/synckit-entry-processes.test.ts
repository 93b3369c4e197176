import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runAsWorker } from '@bridge/pool/synckit'
import { describe, expect, it } from 'vitest'
import { runScript } from './helpers.js'
import { node, packageFolder, projectOf } from './project.js'
import { url } from './synckit-helpers.js'

const script = (worker: string, body: string): string => `
  import { createSyncFn } from '@bridge/pool/synckit'
  const work = createSyncFn(${JSON.stringify(url(worker).href)})
  ${body}`

describe('a process that uses createSyncFn', () => {
  it('ends by itself', async () => {
    const { code, stdout, stderr } = await runScript(script('worker.mjs', "console.log(work('echo', 1))"))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1\n', stderr: '' })
  })

  it('ends by itself also if nothing is called', async () => {
    expect(await runScript(script('worker.mjs', ''))).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('gets no warning about instances that arrive as plain data', async () => {
    const body = `
      class Own { a = 1; b() {} }
      console.log(JSON.stringify([work('instance'), work('echo', new Own())]))`
    const { stdout, stderr } = await runScript(script('worker.mjs', body))
    expect({ stdout, stderr }).toEqual({ stdout: '[[{"x":1},{"at":{"x":1}}],{"a":1}]\n', stderr: '' })
  })

  it('calls workers that load synckit itself, with the same output and errors as other workers', async () => {
    const body = `
      console.log('before')
      console.log(work('gives', 1))
      try { work('throws', 2) } catch (error) { console.log(error instanceof TypeError, error.code) }
      console.log(work('gives', 3))`
    const { stdout, stderr } = await runScript(script('by-synckit.mjs', body))
    expect(stderr).toBe('')
    expect(stdout).toBe('before\nprints 1\n{ value: 1 }\nprints 2\ntrue 2\nprints 3\n{ value: 3 }\n')
  })

  it('gets the reason why such a worker ended, and gets another one', async () => {
    const body = `
      try { work('dies', 1) } catch (error) { console.log(error.code, error.cause?.message) }
      console.log(work('gives', 2))`
    const { stdout } = await runScript(script('by-synckit.mjs', body))
    expect(stdout).toBe('prints 1\nBRIDGE_WORKER_LOST out of the blue\nprints 2\n{ value: 2 }\n')
  })
})

describe('a worker that calls itself while it is loaded', () => {
  it('is an error that names it, and starts no thread after the other', async () => {
    const folder = projectOf('started')
    writeFileSync(
      join(folder, 'self.mjs'),
      `import { createSyncFn, runAsWorker } from '@bridge/pool/synckit'
      createSyncFn(new URL(import.meta.url))()
      runAsWorker(() => 1)`
    )
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { createSyncFn } from '@bridge/pool/synckit'
      try { createSyncFn(new URL('self.mjs', import.meta.url))() }
      catch (error) { console.log(error.code, error.message.includes('self.mjs')) }`
    )
    const ended = await node(folder, ['main.mjs'])
    expect(ended).toEqual({ code: 0, stdout: 'BRIDGE_DEADLOCK true\n', stderr: '' })
  })
})

describe('runAsWorker', () => {
  it('does nothing unless createSyncFn has started the thread', () => {
    expect(runAsWorker(() => 1)).toBeUndefined()
  })
})

describe("where @bridge/pool/synckit is in synckit's place", () => {
  /** A project with our package as it is installed, since that looks for synckit from where it lies. */
  function overridden(): string {
    const folder = projectOf('started', 'module', [])
    const installed = join(folder, 'node_modules')
    for (const name of ['@bridge/pool', '@bridge/core', '@bridge/iter']) {
      mkdirSync(join(installed, name), { recursive: true })
      for (const part of ['dist', 'package.json'])
        cpSync(join(packageFolder(name), part), join(installed, name, part), { recursive: true })
    }
    mkdirSync(join(installed, 'synckit'))
    writeFileSync(
      join(installed, 'synckit', 'package.json'),
      '{ "name": "synckit", "version": "0.12.3", "main": "index.js" }'
    )
    writeFileSync(join(installed, 'synckit', 'index.js'), "module.exports = require('@bridge/pool/synckit')")
    return folder
  }

  it('the loop starts its thread without it', async () => {
    const folder = overridden()
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { loop } from '@bridge/pool'
      const tasks = new URL('say.mjs', import.meta.url)
      loop.importSync(tasks).say('blocking', 1)
      await loop.import(tasks).say('awaited', 1)
      await loop.close()`
    )
    const ended = await node(folder, ['main.mjs'])
    expect({ ...ended, stdout: ended.stdout.replace(/ \d+ \.*/g, '') }).toEqual({
      code: 0,
      stdout: 'blocking\nawaited\n',
      stderr: ''
    })
  })

  it('a worker that imports synckit is served', async () => {
    const folder = overridden()
    writeFileSync(
      join(folder, 'worker.mjs'),
      `import { runAsWorker } from 'synckit'
      import { pathToFileURL } from 'node:url'
      runAsWorker(async value => [value, import.meta.resolve('synckit') === String(pathToFileURL(import.meta.dirname + '/node_modules/synckit/index.js'))])`
    )
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { createSyncFn } from 'synckit'
      console.log(createSyncFn(new URL('worker.mjs', import.meta.url))(1))`
    )
    expect(await node(folder, ['main.mjs'])).toEqual({ code: 0, stdout: '[ 1, true ]\n', stderr: '' })
  })
})
