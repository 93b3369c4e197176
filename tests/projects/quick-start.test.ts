import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../workspace.js'
import { emptyFolder, ourTarballs, run, write } from './project.js'

const readme = readFileSync(join(root, 'README.md'), 'utf8')
const quickStart = readme.slice(readme.indexOf('## Quick start'), readme.indexOf('## Packages'))

/** The files of the quick start, by the name in their first line. */
const files = Object.fromEntries(
  [...quickStart.matchAll(/```ts\n\/\/ (\S+\.ts)\n([\s\S]*?)```/g)].map(([, name, text]) => [
    name as string,
    text as string
  ])
)

/** The output that a file announces. */
const printed = (file: string): string =>
  [...(files[file] ?? '').matchAll(/\/\/ prints: (.*)/g)].map(([, line]) => `${line}\n`).join('')

describe('the quick start, in an empty folder,', () => {
  it('runs by the commands that it gives', async () => {
    const folder = emptyFolder()
    expect(quickStart).toContain('npm install @bridge/pool\n')
    const installed = await run(folder, 'npm', [
      'install',
      '--prefer-offline',
      ...ourTarballs('@bridge/pool', '@bridge/core', '@bridge/iter')
    ])
    expect(installed.code).toBe(0)
    expect(quickStart).toContain('npm pkg set type=module')
    expect((await run(folder, 'npm', ['pkg', 'set', 'type=module'])).code).toBe(0)
    write(folder, files)
    for (const file of ['service.ts', 'tool.ts']) {
      const command = ['--yes', '--prefer-offline', 'tsx', file]
      expect(quickStart).toContain('npx --yes tsx service.ts')
      const { code, stdout, stderr } = await run(folder, 'npx', command)
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: printed(file), stderr: '' })
    }
  })

  it('runs by Node alone, if Node strips types', async () => {
    const folder = emptyFolder()
    const tarballs = ourTarballs('@bridge/pool', '@bridge/core', '@bridge/iter')
    expect((await run(folder, 'npm', ['install', '--prefer-offline', ...tarballs])).code).toBe(0)
    await run(folder, 'npm', ['pkg', 'set', 'type=module'])
    write(folder, files)
    const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript)
    for (const file of ['service.ts', 'tool.ts']) {
      const { code, stdout, stderr } = await run(folder, process.execPath, [file])
      if (stripsTypes) expect({ code, stdout }).toEqual({ code: 0, stdout: printed(file) })
      else expect(stderr).toContain('ERR_UNKNOWN_FILE_EXTENSION')
    }
  })
})
