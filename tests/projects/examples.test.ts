import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outsideOfNpm } from '../environment.js'
import { root } from '../workspace.js'
import { ourTarballs, projectWith, run } from './project.js'
import { isRedisMissing, type Redis, startRedis } from './redis.js'

interface Example {
  readonly name: string
  readonly scripts: { readonly start: string; readonly test: string }
  readonly engines: { readonly node: string }
  readonly dependencies: Record<string, string>
}

const folder = join(root, 'examples')

const examples = readdirSync(folder, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => ({
    ...(JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as Example),
    name
  }))

/** Whether this Node is one that the example supports: `>=22.18`. */
function isOfThisNode({ engines }: Example): boolean {
  const [, major, minor] = (/^>=(\d+)\.(\d+)$/.exec(engines.node) ?? []).map(Number) as [
    number,
    number,
    number
  ]
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number) as [number, number]
  return ownMajor > major || (ownMajor === major && ownMinor >= minor)
}

const OURS = /^@bridge\//

const needsRedis = ({ dependencies }: Example): boolean => 'ioredis' in dependencies

/** All of their dependencies: no two examples name two versions of one package. */
function toolsOf(some: readonly Example[]): Record<string, string> {
  const tools: Record<string, string> = {}
  for (const { name, dependencies } of some) {
    for (const [tool, version] of Object.entries(dependencies)) {
      if (OURS.test(tool)) continue
      if ((tools[tool] ?? version) !== version)
        throw new Error(`${name}: ${tool} ${version}, elsewhere ${tools[tool]}`)
      tools[tool] = version
    }
  }
  return tools
}

/** The output that the files of a command announce, in the order of the command. */
function printsOf({ name, scripts }: Example): string {
  return [...scripts.test.matchAll(/node (?<file>[\w./-]+)/g)]
    .map(([, file = '']) => join(folder, name, file.replace(/^dist\/(.*)\.js$/, 'src/$1')))
    .map(path => [path, `${path}.ts`, `${path}.js`].find(existsSync) as string)
    .filter(path => path !== undefined)
    .flatMap(path => [...readFileSync(path, 'utf8').matchAll(/\/\/ prints: (.*)$/gm)])
    .map(([, line]) => `${line}\n`)
    .join('')
}

describe('an example', () => {
  const here = examples.filter(example => isOfThisNode(example) && !(needsRedis(example) && isRedisMissing))
  let installed: string
  let redis: Redis | undefined

  beforeAll(async () => {
    if (here.some(needsRedis)) redis = await startRedis()
    const [nest = ''] = ourTarballs('@bridge/nest')
    installed = await projectWith({ '@bridge/nest': nest, ...toolsOf(examples) }, { type: 'module' })
    cpSync(folder, installed, {
      recursive: true,
      filter: path => !/[\\/](node_modules|dist)$/.test(path)
    })
  })
  afterAll(() => redis?.end())

  it.concurrent.for(here)(
    '$name runs by its own test, and prints what it says',
    async (example, { expect }) => {
      const bin = join(installed, 'node_modules', '.bin')
      const PATH = [bin, dirname(process.execPath), outsideOfNpm.PATH].join(delimiter)
      const env = { PATH, REDIS_PORT: `${redis?.port}` }
      const cwd = join(installed, example.name)
      const { code, stdout, stderr } = await run(cwd, 'sh', ['-c', example.scripts.test], { env })
      expect({ code, problem: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, problem: '' })
      const prints = printsOf(example)
      if (prints !== '') expect(stdout).toBe(prints)
    }
  )
})

describe('the examples', () => {
  it('are numbered without a hole, and say what they are', () => {
    expect(examples.map(({ name }) => name.slice(0, 2))).toEqual(
      examples.map((_, n) => `${n + 1}`.padStart(2, '0'))
    )
    const list = readFileSync(join(folder, 'README.md'), 'utf8')
    for (const { name } of examples) {
      expect(list).toContain(`](${name}/README.md)`)
      expect(readFileSync(join(folder, name, 'README.md'), 'utf8')).toMatch(/^# .+\n/)
    }
  })

  it('import nothing that they do not depend on', () => {
    for (const { name, dependencies } of examples) {
      const sources = readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
        .filter(file => /\.[jt]s$/.test(file) && !/node_modules|dist/.test(file))
        .map(file => readFileSync(join(folder, name, file), 'utf8'))
      const imported = sources
        .flatMap(source => [...source.matchAll(/(?:from|import) '((?:@[\w-]+\/)?[\w-]+)/g)])
        .map(([, one = '']) => one)
        .filter(one => one !== 'node')
      expect([name, imported.filter(one => !(one in dependencies))]).toEqual([name, []])
    }
  })
})
