import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { runFile, scratchFolder } from './child.js'

const source = `
import { bridge, bridged } from '@bridge/core'

const never = () => new Promise(() => {})

class Base {
  #name = 'base'
  @bridged({ timeout: 20_000 })
  async name(suffix: string): Promise<string> { return this.#name + suffix }
  @bridged({ timeout: 20 })
  async stuck(): Promise<unknown> { return never() }
  @bridged({ timeout: 20 })
  called(): Promise<unknown> { return bridge(never)() }
  @bridged({ timeout: 20_000 })
  static async make(): Promise<string> { return this.name }
}

class Derived extends Base {
  @bridged({ timeout: 30_000 })
  override async name(suffix: string): Promise<string> { return 'derived ' + (await super.name(suffix)) }
}

const codeOf = (promise: Promise<unknown>) => promise.then(String, error => error.code + ' ' + error.timeout)
const base = new Base()
const eager = base.name('!')
console.log(JSON.stringify([
  eager instanceof Promise,
  await eager,
  await codeOf(base.stuck()),
  await codeOf(base.called()),
  await Derived.make(),
  await new Derived().name('?'),
  [base.name.name, base.name.length]
]))
`

const expected = [
  true,
  'base!',
  'BRIDGE_TIMEOUT 20',
  'BRIDGE_TIMEOUT 20',
  'Derived',
  'derived base?',
  ['name', 1]
]

/** The source as TypeScript compiles it, with its type errors. */
function compile(options: ts.CompilerOptions): { folder: string; errors: string[] } {
  const folder = scratchFolder()
  const file = join(folder, 'main.mts')
  writeFileSync(file, source)
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    lib: [
      'lib.es2023.d.ts',
      'lib.esnext.disposable.d.ts',
      'lib.esnext.decorators.d.ts',
      'lib.decorators.legacy.d.ts'
    ],
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    ...options
  })
  program.emit()
  const errors = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  return { folder, errors }
}

describe('@bridged() in the form', () => {
  test.each([
    ['of the standard', {}],
    ['of experimentalDecorators', { experimentalDecorators: true }]
  ])('%s compiles, keeps names, receivers, inheritance and statics, and bounds', async (_, options) => {
    const { folder, errors } = compile(options)
    expect(errors).toEqual([])
    const { code, stdout, stderr } = await runFile(join(folder, 'main.mjs'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(expected)
  })
})
