import { createRequire } from 'node:module'
import type { Snippet } from '../../../../tools/readme-snippets.js'

interface Compiler {
  transpileModule(source: string, settings: object): { outputText: string }
}

// Nest injects by the metadata of decorators, which esbuild does not emit.
const root = new URL('../../../../package.json', import.meta.url)
const typescript = createRequire(root)('typescript') as Compiler
const compilerOptions = {
  module: 'ESNext',
  target: 'ES2022',
  experimentalDecorators: true,
  emitDecoratorMetadata: true
}

/** A snippet of the README in the form that `SnippetRunner` runs. */
export function compiled(snippet: Snippet): Snippet {
  const source = typescript.transpileModule(snippet.source, { compilerOptions }).outputText
  return { ...snippet, language: 'js', source }
}
