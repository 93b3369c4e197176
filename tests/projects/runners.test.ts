import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyFixture, type Ended, projectWith, run, write } from './project.js'

let folder: string

beforeAll(async () => {
  folder = await projectWith(
    {
      '@vitest/coverage-v8': '4.1.12',
      ava: '6.4.1',
      c8: '10.1.3',
      jest: '30.5.2',
      mocha: '11.7.5',
      'ts-jest': '29.4.15',
      tsx: '4.23.15',
      typescript: '6.0.3',
      vitest: '4.1.12'
    },
    { type: 'module', ava: { files: ['ava.mjs'] } }
  )
  copyFixture('runners', folder)
  write(folder, {
    'vitest.config.js':
      "export default { test: { include: ['*.spec.ts'], coverage: { include: ['tasks.ts'], reporter: ['json-summary'] } } }",
    'jest.config.cjs':
      "module.exports = { testMatch: ['**/jest-commonjs.test.cjs'], testEnvironment: 'node', collectCoverageFrom: ['common-tasks.cjs'], coverageReporters: ['json-summary'] }",
    'ts-jest.config.cjs': `module.exports = {
      testMatch: ['**/ts-jest.test.ts'], testEnvironment: 'node',
      transform: { '^.+\\\\.ts$': ['ts-jest', { diagnostics: false, tsconfig: { module: 'commonjs', esModuleInterop: true, ignoreDeprecations: '6.0', target: 'es2022' } }] },
      moduleNameMapper: { '^(\\\\.{1,2}/.*)\\\\.js$': '$1' }, collectCoverageFrom: ['tasks.ts'], coverageReporters: ['json-summary']
    }`
  })
})

/** How many lines of a task file a runner counted as run. */
function covered(file: string): number {
  const summary = JSON.parse(
    readFileSync(join(folder, 'coverage', 'coverage-summary.json'), 'utf8')
  ) as Record<string, { lines: { covered: number } }>
  return Object.entries(summary).find(([name]) => name.endsWith(file))?.[1].lines.covered ?? 0
}

const output = ({ stdout, stderr }: Ended): string => stdout + stderr

describe('vitest', () => {
  it.each(['threads', 'forks', 'vmThreads', 'vmForks'])('works with the pool %s', async pool => {
    const ended = await run(folder, 'vitest', ['run', `--pool=${pool}`, '--reporter=tap'])
    expect({ code: ended.code, output: ended.code === 0 ? '' : output(ended) }).toEqual({
      code: 0,
      output: ''
    })
    expect(ended.stdout.match(/^\s+ok /gm)).toHaveLength(3)
  })

  it('counts code that inline runs as covered', async () => {
    const ended = await run(folder, 'vitest', ['run', '--coverage'])
    expect({ code: ended.code, output: ended.code === 0 ? '' : output(ended) }).toEqual({
      code: 0,
      output: ''
    })
    expect(covered('tasks.ts')).toBeGreaterThan(1)
  })
})

describe.each([
  ['jest', 'jest.config.cjs', 'common-tasks.cjs'],
  ['jest with ts-jest', 'ts-jest.config.cjs', 'tasks.ts']
])('%s', (_, config, tasks) => {
  it.each([
    ['in its own process', ['--runInBand']],
    ['in its processes', ['--maxWorkers', '2']],
    ['in its threads', ['--workerThreads', '--maxWorkers', '2']]
  ])('works %s', async (_, flags) => {
    const ended = await run(folder, 'jest', ['-c', config, ...flags])
    expect({ code: ended.code, output: ended.code === 0 ? '' : output(ended) }).toEqual({
      code: 0,
      output: ''
    })
    expect(ended.stderr).toMatch(/Tests: +3 passed/)
    expect(ended.stderr).not.toMatch(/open handle|did not exit|force exited/i)
  })

  it('counts code that inline runs as covered', async () => {
    const ended = await run(folder, 'jest', ['-c', config, '--coverage'])
    expect({ code: ended.code, output: ended.code === 0 ? '' : output(ended) }).toEqual({
      code: 0,
      output: ''
    })
    expect(covered(tasks)).toBeGreaterThan(1)
  })
})

describe('runners without a module system of their own', () => {
  it.each([
    ['node --test', [process.execPath, '--test', 'node-test.mjs'], /pass 6\n/],
    ['mocha', ['mocha', 'mocha.mjs'], /6 passing/],
    ['mocha, in processes of its own', ['mocha', '--parallel', 'mocha.mjs'], /6 passing/],
    ['ava', ['ava'], /6 tests passed/],
    ['ava, without its threads', ['ava', '--no-worker-threads'], /6 tests passed/]
  ])('work: %s', async (_, [command, ...args], passed) => {
    const ended = await run(folder, command as string, args)
    expect({ code: ended.code, output: ended.code === 0 ? '' : output(ended) }).toEqual({
      code: 0,
      output: ''
    })
    expect(output(ended)).toMatch(passed)
  })

  it('count code that runs in threads as covered by c8', async () => {
    const flags = ['--reporter=json-summary', '--include=plain-tasks.mjs', 'node', '--test', 'node-test.mjs']
    const ended = await run(folder, 'c8', flags)
    expect({ code: ended.code, output: ended.code === 0 ? '' : output(ended) }).toEqual({
      code: 0,
      output: ''
    })
    expect(covered('plain-tasks.mjs')).toBeGreaterThan(3)
  })
})
