import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { answers, eleven, nestProject, twelve } from './nest-projects.js'
import { type Ended, node, run } from './project.js'

/** How many lines of a file a runner counted as run. */
function coveredOf(folder: string, file: string): number {
  const summary = JSON.parse(
    readFileSync(join(folder, 'coverage', 'coverage-summary.json'), 'utf8')
  ) as Record<string, { lines: { covered: number } }>
  return Object.entries(summary).find(([name]) => name.endsWith(file))?.[1].lines.covered ?? 0
}

const clean = ({ code, stdout, stderr }: Ended) => ({ code, output: code === 0 ? '' : stdout + stderr })

type Runners = [name: string, args: string[]][]

describe.each<[string, 'eleven' | 'twelve', Record<string, string>, Runners]>([
  [
    'CommonJS, on Nest 11',
    'eleven',
    eleven,
    [
      ['jest', ['-c', 'jest.config.json']],
      ['jest, compiled without import()', ['-c', 'jest.commonjs.json']]
    ]
  ],
  ['an ES module, on Nest 12', 'twelve', twelve, [['vitest', ['run']]]]
])('a Nest application from the tarballs that is %s', (_, template, tools, runners) => {
  let folder: string

  beforeAll(async () => {
    folder = await nestProject(template, tools)
  })

  describe.each([
    ['tsc', 'dist', ['tsc', '-p', 'tsconfig.build.json']],
    ['SWC', 'dist-swc', ['node', 'build-with-swc.mjs']]
  ])('compiled by %s', (_, dist, [command = '', ...args]) => {
    beforeAll(async () => {
      expect(clean(await run(folder, command, args))).toEqual({ code: 0, output: '' })
    })

    it.each(['express', 'fastify'])(
      'answers over %s with values, errors, streams and events',
      async platform => {
        const { code, stdout, stderr } = await node(folder, join(dist, 'main.js'), platform)
        expect({ code, stderr: stripVTControlCharacters(stderr).match(/\w+Error: .*/g) }).toEqual({
          code: 0,
          stderr: ['RangeError: of the insides', 'RangeError: broken in the middle']
        })
        // In the thread, before the pool was closed.
        expect(stderr).toContain('rates: closed')
        expect(JSON.parse(stdout)).toEqual(answers)
      }
    )
  })

  it.each(runners)('is tested by %s, with mocks in the tasks and their coverage', async (name, args) => {
    const isJest = name.startsWith('jest')
    const reporter = isJest ? '--coverageReporters=json-summary' : '--coverage.reporter=json-summary'
    const ended = await run(folder, isJest ? 'jest' : 'vitest', [...args, '--coverage', reporter])
    expect(clean(ended)).toEqual({ code: 0, output: '' })
    expect(stripVTControlCharacters(ended.stdout + ended.stderr)).toMatch(/Tests:? +3 passed/)
    expect(coveredOf(folder, 'work.tasks.ts')).toBeGreaterThan(4)
  })
})
