import { beforeAll, describe, expect, it } from 'vitest'
import { emptyFolder, node, ourTarballs, run, write } from './project.js'

let folder: string

// Yarn does not link installed packages into node_modules: a thread finds a package only through Yarn's loader.
beforeAll(async () => {
  const yarn = emptyFolder()
  const fetched = await run(yarn, 'npm', ['install', '--prefer-offline', '@yarnpkg/cli-dist@4.18.1'])
  expect(fetched.code).toBe(0)
  folder = emptyFolder()
  const [pool, core, iter] = ourTarballs('@bridge/pool', '@bridge/core', '@bridge/iter')
  write(folder, {
    'yarn.lock': '',
    '.yarnrc.yml':
      'nodeLinker: pnp\npnpEnableEsmLoader: true\nenableGlobalCache: true\nenableTelemetry: false\nenableImmutableInstalls: false\nchecksumBehavior: ignore\n',
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { '@bridge/pool': pool, '@bridge/core': core },
      resolutions: { '@bridge/core': core, '@bridge/iter': iter }
    }),
    'tasks.mjs':
      "import { DeadlockError } from '@bridge/core'\nexport const name = async () => DeadlockError.name\n",
    'app.cjs': `
      const { createPool, loop } = require('@bridge/pool')
      const path = require.resolve('./tasks.mjs')
      const pool = createPool({ maxThreads: 1 })
      pool.import(path).name().then(async name => {
        console.log(name, pool.import(path).name().runSync(), loop.importSync(path).name())
        await pool.close()
      })`
  })
  const installed = await node(folder, `${yarn}/node_modules/@yarnpkg/cli-dist/bin/yarn.js`, 'install')
  if (installed.code !== 0) throw new Error(installed.stdout + installed.stderr)
})

describe("Yarn's Plug'n'Play", () => {
  it('finds what ES modules import, preloaded for CommonJS alone', async () => {
    const { code, stdout, stderr } = await node(folder, '--require', './.pnp.cjs', 'app.cjs')
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'DeadlockError DeadlockError DeadlockError\n',
      stderr: ''
    })
  })

  it('finds it with both preloads', async () => {
    const flags = ['--require', './.pnp.cjs', '--experimental-loader', './.pnp.loader.mjs', '--no-warnings']
    const { code, stdout } = await node(folder, ...flags, 'app.cjs')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'DeadlockError DeadlockError DeadlockError\n' })
  })
})
