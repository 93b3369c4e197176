import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, onTestFinished, test } from 'vitest'
import { snippetsOf } from '../tools/readme-snippets.js'

const root = new URL('../', import.meta.url)

/** Pages, each with the folder from which the packages that it imports are resolved, and the compiler options. */
const pages: [page: string, folder: string, more: ts.CompilerOptions][] = [
  ['README.md', 'apps/demo/test/', {}],
  ['docs/coming-from-python.md', 'apps/demo/test/', {}],
  ['packages/core/README.md', 'packages/core/test/', {}],
  ['packages/cluster/README.md', 'packages/cluster/test/', {}],
  ['packages/nest/README.md', 'packages/nest/test/', { experimentalDecorators: true }]
]

const options: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  moduleDetection: ts.ModuleDetectionKind.Force,
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node']
}

/** Files by name: those of libraries are read once for all pages. */
const sources = new Map<string, ts.SourceFile | undefined>()

function hostOf(more: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost({ ...options, ...more })
  const read = host.getSourceFile
  host.getSourceFile = (file, ...how) => {
    if (!sources.has(file)) sources.set(file, read(file, ...how))
    return sources.get(file)
  }
  return host
}

/** TypeScript's diagnostics for the snippets of a page. */
function complaintsOf(page: string, home: string, more: ts.CompilerOptions): string[] {
  const folder = mkdtempSync(join(fileURLToPath(new URL(home, root)), '.scratch-types-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const files = snippetsOf(new URL(page, root))
    .filter(({ language }) => language === 'ts')
    .map(({ file, source }, index) => {
      const path = join(folder, file ?? `snippet-${index}.ts`)
      writeFileSync(path, source)
      return path
    })
  expect(files).not.toEqual([])
  return ts
    .getPreEmitDiagnostics(ts.createProgram(files, { ...options, ...more }, hostOf(more)))
    .map(({ file, start = 0, messageText }) => {
      const line = file?.text.slice(0, start).split('\n').length
      return `${file?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
}

test.each(pages)('the TypeScript of %s has no errors', (page, home, more) => {
  expect(complaintsOf(page, home, more)).toEqual([])
})
