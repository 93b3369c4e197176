import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { node, projectWith, run, write } from './project.js'

/** The packages to which the name synckit resolves, through the replacement. */
const OURS = '@bridge/pool/synckit'
const THEIRS = 'real-synckit'

const PLUGINS = {
  eslint: '10.15.0',
  'eslint-plugin-prettier': '5.5.7',
  prettier: '3.6.2',
  'eslint-plugin-mdx': '3.8.3',
  'eslint-plugin-better-tailwindcss': '4.7.0',
  tailwindcss: '4.1.18',
  '@unocss/eslint-plugin': '66.10.5',
  unocss: '66.10.5',
  'eslint-plugin-format': '2.0.1',
  jest: '30.5.2',
  [THEIRS]: 'npm:synckit@0.12.3'
}

const ESLINT_CONFIG = `
  import unocss from '@unocss/eslint-plugin'
  import tailwind from 'eslint-plugin-better-tailwindcss'
  import format from 'eslint-plugin-format'
  import * as mdx from 'eslint-plugin-mdx'
  import prettier from 'eslint-plugin-prettier'
  const languageOptions = { parserOptions: { ecmaFeatures: { jsx: true } } }
  const plain = { parser: format.parserPlain }
  const processor = mdx.createRemarkProcessor({ lintCodeBlocks: true })
  const order = { 'better-tailwindcss/enforce-consistent-class-order': 'error' }
  const known = { 'better-tailwindcss/no-conflicting-classes': 'error', 'better-tailwindcss/no-unknown-classes': 'error' }
  export default [
    { files: ['prettier/*.js'], plugins: { prettier }, rules: { 'prettier/prettier': ['error', { semi: false }] } },
    { ...mdx.flat, files: ['mdx/*.mdx'], processor, rules: { ...mdx.flat.rules, 'no-var': 'error', 'mdx/remark': 'warn' } },
    { ...mdx.flatCodeBlocks, rules: { ...mdx.flatCodeBlocks.rules, 'no-var': 'error' } },
    {
      files: ['tailwind/*.jsx'], languageOptions, plugins: { 'better-tailwindcss': tailwind }, rules: { ...order, ...known },
      settings: { 'better-tailwindcss': { entryPoint: 'tailwind/main.css' } }
    },
    { files: ['unocss/*.jsx'], languageOptions, plugins: { unocss }, rules: { 'unocss/order': 'error', 'unocss/blocklist': 'error' } },
    { files: ['format/*.css'], languageOptions: plain, plugins: { format }, rules: { 'format/prettier': ['error', { parser: 'css' }] } },
    { files: ['format/*.md'], languageOptions: plain, plugins: { format }, rules: { 'format/dprint': ['error', { language: 'markdown' }] } }
  ]`

/** What each plugin reports, or can't parse. */
const FILES = {
  'prettier/a.js': 'const  a = {b:1,\n  c : [1,2].map(x=>x*2) };\nexport function f( x ){ return x+a.b }\n',
  'prettier/broken.js': 'const = 5\n',
  'mdx/a.mdx':
    '# Title\n\nexport var x = 1\n\n*  item <Foo a={ x+1 } />\n\n```js\nvar y = 2\nconsole.log(y)\n```\n',
  'mdx/broken.mdx': 'import <\n',
  '.remarkrc': '{ "settings": { "bullet": "+" }, "plugins": ["./lint-titles.js"] }',
  'lint-titles.js':
    "export default () => (tree, file) => { for (const one of tree.children) if (one.type === 'heading') file.message('a title', one, 'lint:titles') }\n",
  'tailwind/main.css': '@import "tailwindcss";\n',
  'tailwind/a.jsx': 'export const A = () => <div className="p-4 flex  text-red-500 mt-2 hidden no-such" />\n',
  'unocss/a.jsx': 'export const A = () => <div className="p-4 flex text-red-500 mt-2 border" />\n',
  'uno.config.js':
    "import { defineConfig, presetWind3 } from 'unocss'\nexport default defineConfig({ presets: [presetWind3()], blocklist: ['border'] })\n",
  'format/a.css': 'a{color:red;\n  b:c}\n',
  'format/a.md': '*   a\n*   b\n\n\n\nText   x\n'
}

/** Prints what ESLint reports in a folder, and the fixed files. */
const LINT = `
  import { ESLint } from 'eslint'
  const lint = options => new ESLint(options).lintFiles([process.argv[2]])
  const told = ({ filePath, messages, output }) => ({ filePath, messages, output })
  console.log(JSON.stringify([await lint({}), await lint({ fix: true })].map(results => results.map(told)), undefined, 1))`

/** A tool that maps synckit to our replacement in its own modules; modules in threads are resolved by Node. */
const JEST = {
  'jest.config.cjs': `module.exports = { testMatch: ['**/mapped.test.cjs'], moduleNameMapper: { '^synckit$': '${OURS}' } }`,
  'worker.cjs':
    "const { runAsWorker } = require('synckit')\nrunAsWorker(async value => [value, require('node:worker_threads').threadId > 0])\n",
  'tasks.cjs': 'exports.double = async value => value * 2\n',
  'mapped.test.cjs': `
    const { createSyncFn, startWorkerThread } = require('synckit')
    const { loop } = require('@bridge/pool')
    test('synckit is @bridge/pool/synckit', () => expect(startWorkerThread).toBeUndefined())
    test('a worker that imports synckit is called', () => {
      expect(createSyncFn(require.resolve('./worker.cjs'))(1)).toEqual([1, true])
    })
    test('the loop works in the same test', () => {
      expect(loop.importSync(require.resolve('./tasks.cjs')).double(2)).toBe(4)
    })`
}

let folder: string

beforeAll(async () => {
  folder = await projectWith(
    PLUGINS,
    { type: 'module', overrides: { synckit: 'file:./synckit' } },
    inPlace(OURS)
  )
  write(folder, { 'eslint.config.js': ESLINT_CONFIG, 'lint.js': LINT, ...FILES, ...JEST })
})

/** The replacement package that the README describes; here also with synckit behind it. */
function inPlace(behind: string): Record<string, string> {
  return {
    'synckit/package.json': JSON.stringify({ name: 'synckit', version: '0.12.3', main: 'index.js' }),
    'synckit/index.js': `module.exports = require('${behind}')\n`
  }
}

async function lintedBy(behind: string, plugin: string): Promise<string> {
  write(folder, inPlace(behind))
  const { code, stdout, stderr } = await node(folder, 'lint.js', plugin)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

describe("with @bridge/pool/synckit in synckit's place", () => {
  it.each([
    ['eslint-plugin-prettier', 'prettier', ['prettier/prettier']],
    ['eslint-plugin-mdx', 'mdx', ['no-var', 'lint-titles']],
    ['eslint-plugin-better-tailwindcss', 'tailwind', ['better-tailwindcss/enforce-consistent-class-order']],
    ['@unocss/eslint-plugin', 'unocss', ['unocss/order', 'unocss/blocklist']],
    ['eslint-plugin-format', 'format', ['format/prettier', 'format/dprint']]
  ])('%s finds and fixes the same, byte for byte', async (_, plugin, rules) => {
    const ours = await lintedBy(OURS, plugin)
    expect(ours).toBe(await lintedBy(THEIRS, plugin))
    for (const rule of rules) expect(ours).toContain(`"ruleId": "${rule}"`)
  })

  it('the loop starts its thread without synckit', async () => {
    write(folder, {
      ...inPlace(OURS),
      'loop.js': `
        import { loop } from '@bridge/pool'
        const tasks = new URL('tasks.cjs', import.meta.url)
        console.log(loop.importSync(tasks).double(2), await loop.import(tasks).double(3))`
    })
    expect(await node(folder, 'loop.js')).toEqual({ code: 0, stdout: '4 6\n', stderr: '' })
  })

  it('jest maps the one to the other, and the loop works in the same test', async () => {
    write(folder, inPlace(THEIRS))
    const jest = join(folder, 'node_modules', 'jest', 'bin', 'jest.js')
    const { code, stderr } = await run(folder, process.execPath, [jest, '-c', 'jest.config.cjs'])
    expect(stderr).toMatch(/Tests: +3 passed/)
    expect(stderr).not.toMatch(/open handle|did not exit|force exited/i)
    expect(code).toBe(0)
  })
})
