import { createRequire } from 'node:module'
import { afterAll, describe, expect, test } from 'vitest'
import { SnippetRunner, snippetsOf } from '../../../tools/readme-snippets.js'

interface Compiler {
  transpileModule(source: string, settings: object): { outputText: string }
}

// Nest finds what to inject by the metadata of decorators, which esbuild does not emit.
const root = new URL('../../../package.json', import.meta.url)
const typescript = createRequire(root)('typescript') as Compiler
const compilerOptions = {
  module: 'ESNext',
  target: 'ES2022',
  experimentalDecorators: true,
  emitDecoratorMetadata: true
}

describe("the README's snippet", () => {
  const home = new URL('../', import.meta.url)
  const runner = new SnippetRunner(home)
  afterAll(() => runner.clear())

  test.each(snippetsOf(new URL('README.md', home)))('$name runs, and prints what it says', async snippet => {
    const source = typescript.transpileModule(snippet.source, { compilerOptions }).outputText
    const { code, stdout, stderr } = await runner.run({ ...snippet, language: 'js', source })
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: snippet.prints, stderr: '' })
  })
})
