import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyFixture, type Ended, node, ourTarballs, projectWith, run, write } from './project.js'

/** What `nest new` of a line installs, with both platforms and both compilers. */
const eleven = {
  '@nestjs/common': '11.2.10',
  '@nestjs/core': '11.2.10',
  '@nestjs/platform-express': '11.2.10',
  '@nestjs/platform-fastify': '11.2.8',
  '@nestjs/testing': '11.2.6',
  '@types/jest': '30.0.0',
  jest: '30.5.2',
  'ts-jest': '29.4.15',
  typescript: '5.9.3'
}
const twelve = {
  '@nestjs/common': '12.5.1',
  '@nestjs/core': '12.5.1',
  '@nestjs/platform-express': '12.5.1',
  '@nestjs/platform-fastify': '12.5.0',
  '@nestjs/testing': '12.1.1',
  '@vitest/coverage-v8': '4.1.12',
  typescript: '6.0.3',
  'vite-tsconfig-paths': '5.1.4',
  vitest: '4.1.12'
}
const both = {
  'class-transformer': '0.5.1',
  'class-validator': '0.15.1',
  '@swc/core': '1.16.22',
  '@types/node': '20.19.0',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2'
}

/** The sources in `src` as the CommonJS template has them: what becomes a `require` has no extension, as jest needs it. */
function importWithoutExtensions(folder: string): void {
  const names = readdirSync(join(folder, 'src'))
  const changed = names.map(name => {
    const text = readFileSync(join(folder, 'src', name), 'utf8')
    return [join('src', name), text.replace(/((?:from |mock\()'\.\/[\w.]+)\.js'/g, "$1'")] as const
  })
  write(folder, Object.fromEntries(changed))
}

/** How many of a file's lines a runner counted as run. */
function coveredOf(folder: string, file: string): number {
  const summary = JSON.parse(
    readFileSync(join(folder, 'coverage', 'coverage-summary.json'), 'utf8')
  ) as Record<string, { lines: { covered: number } }>
  return Object.entries(summary).find(([name]) => name.endsWith(file))?.[1].lines.covered ?? 0
}

const clean = ({ code, stdout, stderr }: Ended) => ({ code, output: code === 0 ? '' : stdout + stderr })

type Runners = [name: string, args: string[]][]

describe.each<[string, string, Record<string, string>, 'commonjs' | 'module', Runners]>([
  [
    'CommonJS, on Nest 11',
    'eleven',
    eleven,
    'commonjs',
    [
      ['jest', ['-c', 'jest.config.json']],
      ['jest, compiled without import()', ['-c', 'jest.commonjs.json']]
    ]
  ],
  ['an ES module, on Nest 12', 'twelve', twelve, 'module', [['vitest', ['run']]]]
])('a Nest application from the tarballs that is %s', (_, template, tools, type, runners) => {
  let folder: string

  beforeAll(async () => {
    const [nest = ''] = ourTarballs('@bridge/nest')
    folder = await projectWith({ '@bridge/nest': nest, ...tools, ...both }, { type })
    copyFixture(join('nest', 'app'), folder)
    copyFixture(join('nest', template), folder)
    if (type === 'commonjs') importWithoutExtensions(folder)
  })

  const answers = {
    value: [200, 'application/json', '{"id":"r1","inWorker":true}'],
    conflict: [409, 'application/json', '{"message":"taken","error":"Conflict","statusCode":409}'],
    late: [504, 'application/json', '{"message":"Gateway Timeout","statusCode":504}'],
    rows: [200, 'application/x-ndjson', '{"n":0}\n{"n":1}\n{"n":2}\n'],
    generator: [200, 'text/plain', 'row 0\nrow 1\n'],
    broken: [200, 'application/x-ndjson', 'cut off'],
    report: [200, 'application/json', '{"text":"5 €","inWorker":true}'],
    reportRows: [
      200,
      'application/x-ndjson',
      '{"text":"0 €","inWorker":true}\n{"text":"1 €","inWorker":true}\n'
    ],
    reportRefused: [409, 'application/json', '{"message":"no report","error":"Conflict","statusCode":409}'],
    invoice: {
      text: '10 €',
      plain: { order: { lines: [{ price: 2 }, { price: 3 }] }, text: '10 €' }
    },
    invalid: 400,
    events: [200, 'text/event-stream', expect.stringMatching(/^(\n?id: \d\ndata: {"id":"r1"}\n\n?){2}$/)],
    head: 200,
    left: { opened: 1, closed: 1, ended: 0 },
    instead: { opened: 2, closed: 2, ended: 1 }
  }

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
          stderr: ['RangeError: broken in the middle']
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
