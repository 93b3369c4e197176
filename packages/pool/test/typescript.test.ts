import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { commandOf, node, projectOf } from './project.js'

// What it starts are whole tools, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 })

const worked = { code: 0, stdout: 'abcdef HELLO YOU! HELLO HER! HELLO HIM!\n', stderr: '' }
const stripsTypes = Boolean((process.features as { typescript?: string | false }).typescript)

// Only emits: what the project's types are is looked at where this package's are.
const EMIT =
  '--ignoreConfig --outDir out --rootDir . --module nodenext --target es2022 --noCheck --noResolve --lib es2022'

const kinds = [
  { type: 'module', app: 'app.ts' },
  { type: 'commonjs', app: 'app-commonjs.ts' }
] as const

describe.each(kinds)('a TypeScript project of type $type, its task module named as ./tasks.js,', kinds => {
  const { type, app } = kinds

  it('runs by the command of tsx', async () => {
    expect(await node(projectOf('project', type), [commandOf('tsx'), app])).toEqual(worked)
  })

  it('runs by --import tsx', async () => {
    expect(await node(projectOf('project', type), ['--import', 'tsx', app])).toEqual(worked)
  })

  it('runs when tsc has compiled it, without its sources', async () => {
    const folder = projectOf('project', type)
    const compiled = await node(folder, [
      commandOf('typescript', 'tsc'),
      ...EMIT.split(' '),
      app,
      'check.ts',
      'tasks.ts',
      'text.ts'
    ])
    expect(compiled).toEqual({ code: 0, stdout: '', stderr: '' })
    for (const file of ['app', 'app-commonjs', 'check', 'tasks', 'text']) rmSync(join(folder, `${file}.ts`))
    expect(await node(folder, [`out/${app.replace('.ts', '.js')}`])).toEqual(worked)
  })
})

describe('a TypeScript project', () => {
  it('runs where Node strips the types; a Node that does not refuses its first file', async () => {
    const ran = await node(projectOf('project'), ['app-stripped.ts'])
    if (stripsTypes) expect(ran).toEqual(worked)
    else expect(ran.stderr).toContain('ERR_UNKNOWN_FILE_EXTENSION')
  })
})
