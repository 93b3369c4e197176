import type { TypeScript } from './load-typescript.js'

/** Writes statements as TypeScript itself does, so that the same ones are always the same bytes. */
export function print(ts: TypeScript, heading: string, statements: readonly string[]): string {
  const file = ts.createSourceFile('output.ts', statements.join('\n'), ts.ScriptTarget.Latest, true)
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed })
  const isImport = (one: { kind: number } | undefined): boolean =>
    one?.kind === ts.SyntaxKind.ImportDeclaration
  const texts = file.statements.map((one, index) => {
    // Imports stand together; all else is parted by a line.
    const isNext = isImport(one) && isImport(file.statements[index - 1])
    return `${isNext ? '' : '\n'}${printer.printNode(ts.EmitHint.Unspecified, one, file)}\n`
  })
  return `${heading}\n${texts.join('')}`
}
