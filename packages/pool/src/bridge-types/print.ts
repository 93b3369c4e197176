import type { TypeScript } from './load-typescript.js'

/** Prints statements as TypeScript itself does, so that the same statements always give the same bytes. */
export function print(ts: TypeScript, heading: string, statements: readonly string[]): string {
  const file = ts.createSourceFile('output.ts', statements.join('\n'), ts.ScriptTarget.Latest, true)
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed })
  const isImport = (one: { kind: number } | undefined): boolean =>
    one?.kind === ts.SyntaxKind.ImportDeclaration
  const texts = file.statements.map((one, index) => {
    // Imports are kept together; all other statements are separated by an empty line.
    const isNext = isImport(one) && isImport(file.statements[index - 1])
    return `${isNext ? '' : '\n'}${printer.printNode(ts.EmitHint.Unspecified, one, file)}\n`
  })
  return `${heading}\n${texts.join('')}`
}
