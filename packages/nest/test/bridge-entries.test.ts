import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { InvalidArgumentError } from '@bridge/core'
import { bridgeEntries } from '@bridge/nest/build'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let cwd: string
const at = (path: string): string => join(cwd, path)

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bridge-entries-'))
  const paths = [
    'src/images/images.tasks.ts',
    'src/reports.tasks.ts',
    'src/reports.tasks.spec.ts',
    'src/images/images.ts',
    'src/node_modules/other/other.tasks.ts',
    'src/a+b/(c).tasks.mts',
    'libs/constructor.ts',
    'ap{p}/src/d.tasks.ts',
    'twice/one/same.tasks.ts',
    'twice/two/same.tasks.js'
  ]
  for (const path of paths) {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), '')
  }
})
afterAll(() => rmSync(cwd, { recursive: true }))

describe('bridgeEntries', () => {
  test('names each matching file by its base name, whatever folder it is in', () => {
    const entries = {
      'images.tasks': at('src/images/images.tasks.ts'),
      'reports.tasks': at('src/reports.tasks.ts')
    }
    expect(bridgeEntries('src/**/*.tasks.ts', { cwd })).toEqual(entries)
    expect(bridgeEntries('./src/**/*.tasks.ts', { cwd })).toEqual(entries)
    expect(bridgeEntries(`${cwd}/src/**/*.tasks.ts`)).toEqual(entries)
  })

  test.each<[string, string[]]>([
    ['src/*.tasks.ts', ['reports.tasks']],
    ['src/{images,none}/*.tasks.ts', ['images.tasks']],
    ['src/**/*.{tasks,none}.ts', ['images.tasks', 'reports.tasks']],
    ['src/r?ports.tasks.ts', ['reports.tasks']],
    ['src/a+b/(?).tasks.mts', ['(c).tasks']],
    ['s*/**/images.t*', ['images.tasks', 'images']]
  ])('takes the pattern %s', (pattern, names) => {
    expect(Object.keys(bridgeEntries(pattern, { cwd })).sort()).toEqual(names.sort())
  })

  test.each<[string, string, string]>([
    ['a folder above', '../libs/**/*.ts', 'libs/constructor.ts'],
    ['a step that leads nowhere', './src/./*.ts', 'ap{p}/src/d.tasks.ts'],
    ['a folder whose name a pattern would be', '**/*.tasks.ts', 'ap{p}/src/d.tasks.ts']
  ])('finds files by a pattern with %s', (_, pattern, path) => {
    expect(Object.values(bridgeEntries(pattern, { cwd: at('ap{p}') }))).toEqual([at(path)])
  })

  test('takes a list of paths and patterns, and each file once', () => {
    expect(bridgeEntries(['src/reports.tasks.ts', 'src/*.tasks.ts'], { cwd })).toEqual({
      'reports.tasks': at('src/reports.tasks.ts')
    })
  })

  test.each<[string, unknown[], RegExp]>([
    ['a path where no file is', ['src/none.tasks.ts'], /there is no file .*none\.tasks\.ts/],
    ['a folder', ['src'], /there is no file/],
    [
      'a pattern that matches nothing',
      ['src/**/*.none.ts'],
      /no file below .* matches src\/\*\*\/\*\.none\.ts/
    ],
    ['a pattern with a { alone', ['src/{a,b.ts'], /the \{ in \{a,b\.ts has no \}/],
    ['a pattern in a folder that is not there', ['none/*.ts'], /no file below/],
    ['two files of the same name', ['twice/**/*.tasks.*'], /would both be built to same\.tasks\.js/],
    ['no files', [[]], /files must be/],
    ['what are no files', [[7]], /files must be/],
    ['an unknown option', ['src/*.ts', { root: '.' }], /there is no option 'root'/]
  ])('refuses %s', (_, [files, options], message) => {
    const make = () => bridgeEntries(files as string, { cwd, ...(options as object) })
    expect(make).toThrow(InvalidArgumentError)
    expect(make).toThrow(message)
  })

  test('starts in the working directory of the process, and loads nothing of Nest', () => {
    const script = `
      const { bridgeEntries } = require(${JSON.stringify(createRequire(import.meta.url).resolve('@bridge/nest/build'))})
      const loaded = Object.keys(require.cache).filter(path => path.includes('@nestjs'))
      console.log(JSON.stringify([Object.keys(bridgeEntries('src/*.tasks.ts')), loaded]))`
    const printed = execFileSync(process.execPath, ['-e', script], { cwd, encoding: 'utf8' })
    expect(JSON.parse(printed)).toEqual([['reports.tasks'], []])
  })
})
