import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

interface Compiler {
  createProgram(
    files: string[],
    options: object
  ): { getSourceFile(path: string): object; emit(...args: unknown[]): void }
  sys: { fileExists(path: string): boolean }
  ModuleKind: { NodeNext: number }
  ModuleResolutionKind: { NodeNext: number }
  ScriptTarget: { ES2022: number }
}

const ts = createRequire(new URL('../../../package.json', import.meta.url))('typescript') as Compiler
const plugin = createRequire(import.meta.url)('@nestjs/swagger/plugin') as {
  before(options: object, program: object): unknown
}

/** The compiler's output for a controller, with the plugin of Nest's CLI. */
function compiled(): string {
  const file = fileURLToPath(new URL('./fixtures/swagger/report.controller.ts', import.meta.url))
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    strict: true,
    skipLibCheck: true,
    types: []
  })
  let text = ''
  const write = (_: string, written: string) => {
    text = written
  }
  program.emit(program.getSourceFile(file), write, undefined, false, { before: [plugin.before({}, program)] })
  return text
}

test("Swagger's plugin finds the schema that Promise<ReportDto> declares, and never the task module", () => {
  const text = compiled()
  expect(text).toMatch(/Get\('declared'\),\s+openapi\.ApiResponse\(\{ status: 200, type: \w+\.ReportDto \}\)/)
  expect(text).toMatch(/Get\('inferred'\),\s+openapi\.ApiResponse\(\{ status: 200(, type: Object)? \}\)/)
  // Named once, by the URL.
  expect(text.match(/report\.tasks/g)).toHaveLength(1)
})
