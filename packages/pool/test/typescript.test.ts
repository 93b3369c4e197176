import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandOf, node, projectOf } from './project.js'

const worked = { code: 0, stdout: 'abcdef HELLO YOU! HELLO HER! HELLO HIM!\n', stderr: '' }
const stripsTypes = Boolean((process.features as { typescript?: string | false }).typescript)

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

  it('runs when tsc has compiled it, and its sources are not there', async () => {
    const folder = projectOf('project', type)
    const flags = [
      '--outDir',
      'out',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--strict',
      '--ignoreConfig'
    ]
    const compiled = await node(folder, [
      commandOf('typescript', 'tsc'),
      ...flags,
      '--rootDir',
      '.',
      '--types',
      'node',
      app,
      'tasks.ts'
    ])
    expect(compiled).toEqual({ code: 0, stdout: '', stderr: '' })
    for (const file of ['app', 'app-commonjs', 'check', 'tasks', 'text']) rmSync(join(folder, `${file}.ts`))
    expect(await node(folder, [`out/${app.replace('.ts', '.js')}`])).toEqual(worked)
  })
})

describe('a TypeScript project', () => {
  it.runIf(stripsTypes)('runs where Node strips the types', async () => {
    expect(await node(projectOf('project'), ['app-stripped.ts'])).toEqual(worked)
  })
})
