import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Call, InvalidArgumentError, inline } from '@bridge/core'
import { AbstractExecutor, type Run, type Task } from '@bridge/core/executor'
import { describe, expect, it, onTestFinished } from 'vitest'
import { is } from './types-common.js'

const HERE = 'file:///app/src/service.js'

/** Records which module is requested, and runs nothing. */
class Noting extends AbstractExecutor {
  readonly name = 'noting'
  readonly canBlock = true
  readonly place = 'elsewhere'
  module: string | undefined

  start(task: Task): Run {
    return { promise: Promise.resolve(this.runSync(task)), waitSync: () => 1, cancel: () => {} }
  }

  runSync(task: Task): unknown {
    this.module = task.module
    return 1
  }

  async close(): Promise<void> {}
}

/** The module that an arrow function with this text names. */
function moduleOf(text: string, from: URL | string = HERE): string | undefined {
  const arrow = new Function(`return ${text}`)() as () => Promise<{ f(): number }>
  const executor = new Noting()
  executor.importSync(arrow, from).f()
  return executor.module
}

describe('a module that is named by an arrow', () => {
  it.each([
    ['as it is written', "() => import('./tasks.js')"],
    ['in an async arrow', "async () => import('./tasks.js')"],
    ['with a comment', '() => import(/* the tasks */ "./tasks.js")'],
    ['minified', '()=>import("./tasks.js")'],
    ['with template quotes', '() => import(`./tasks.js`)'],
    ['in a function', "function () { return import('./tasks.js') }"],
    [
      'compiled to CommonJS by tsc',
      "() => Promise.resolve().then(() => __importStar(require('./tasks.js')))"
    ],
    ['compiled to CommonJS by esbuild', '() => Promise.resolve().then(() => __toESM(require("./tasks.js")))'],
    [
      'compiled to CommonJS by rollup',
      "function () { return Promise.resolve().then(function () { return require('./tasks.js'); }) }"
    ],
    ['in vitest', '() => __vite_ssr_dynamic_import__("./tasks.js")']
  ])('is found beside the file that names it, %s', (_, text) => {
    expect(moduleOf(text)).toBe('file:///app/src/tasks.js')
    expect(moduleOf(text, new URL(HERE))).toBe('file:///app/src/tasks.js')
    expect(moduleOf(text, '/app/src/service.js')).toBe('file:///app/src/tasks.js')
  })

  it.each([
    ['() => import("../lib/tasks.mjs")', 'file:///app/lib/tasks.mjs'],
    ['() => import("file:///elsewhere/tasks.js")', 'file:///elsewhere/tasks.js'],
    ['() => import("node:zlib")', 'node:zlib']
  ])('is what %s says', (text, url) => {
    expect(moduleOf(text)).toBe(url)
  })

  it('is found below the root of a project, as test runners name it', () => {
    const root = mkdtempSync(join(tmpdir(), 'bridge-root-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    mkdirSync(join(root, 'src', 'deep'), { recursive: true })
    writeFileSync(join(root, 'src', 'tasks.ts'), '')
    const from = pathToFileURL(join(root, 'src', 'deep', 'service.ts'))
    const text = (path: string): string => `() => __vite_ssr_dynamic_import__("${path}")`
    const found = pathToFileURL(join(root, 'src', 'tasks.ts')).href
    expect(moduleOf(text('/src/tasks.ts'), from)).toBe(found)
    expect(moduleOf(text('/src/tasks.js'), from)).toBe(found.replace('.ts', '.js'))
    expect(moduleOf(text(join(root, 'src', 'tasks.ts')), from)).toBe(found)
  })

  it.each([
    ['esbuild without splitting', '() => Promise.resolve().then(() => (init_tasks(), tasks_exports))'],
    ['webpack', '() => n.e(959).then(n.bind(n, 959))'],
    ['webpack for development', '() => __webpack_require__.e(1).then(__webpack_require__("./tasks.js"))'],
    ['a variable', '() => import(name)']
  ])('is refused if its text has no specifier: %s', (_, text) => {
    expect(() => moduleOf(text)).toThrow(InvalidArgumentError)
    expect(() => moduleOf(text)).toThrow("new URL('./tasks.js', import.meta.url)")
  })

  it('is refused with an alternative if it is a package, or the file is not given', () => {
    expect(() => moduleOf('() => import("prettier")')).toThrow("import.meta.resolve('prettier')")
    expect(() => moduleOf('() => import("./tasks.js")', undefined)).not.toThrow()
    expect(() => new Noting().import(() => import('node:zlib'), undefined as never)).toThrow(
      'from must be a URL'
    )
  })

  it('is loaded by the arrow itself on inline, and has the types of what it imports', async () => {
    const tasks = inline.import(() => import('./fixtures/named-once.js'), import.meta.url)
    is<ReturnType<typeof tasks.double>, Call<number>>(true)
    expect(await tasks.double(2)).toBe(4)
    const blocking = inline.importSync(() => import('./fixtures/named-once.js'), import.meta.url)
    expect(blocking.double(3)).toBe(6)
  })
})

describe('a package', () => {
  it('is refused with the way to name it', () => {
    for (const name of ['prettier', '@scope/package', 'lodash/fp']) {
      expect(() => new Noting().import(name)).toThrow(`import.meta.resolve('${name}') for a package`)
    }
    for (const path of ['tasks.js', './tasks.js', 'src/tasks.ts']) {
      expect(() => new Noting().import(path)).toThrow(/import\.meta\.url\), got/)
    }
  })
})
