import { builtinModules } from 'node:module'
import ts from 'typescript'

export interface Imports {
  /** Packages that are imported, exported from, required, or named in a type. */
  imported: Set<string>
  /** Packages that are only resolved: `require.resolve('x')`, `import.meta.resolve('x')`. */
  resolved: Set<string>
}

/** The packages that a file names, without subpaths: `@nestjs/common/x` is `@nestjs/common`. */
export function packagesNamedBy(source: ts.SourceFile): Imports {
  const found: Imports = { imported: new Set(), resolved: new Set() }
  const add = (to: Set<string>, specifier: ts.Node | undefined) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return
    const name = packageName(specifier.text)
    if (name) to.add(name)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
      add(found.imported, node.moduleSpecifier)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(found.imported, node.argument.literal)
    else if (ts.isCallExpression(node)) {
      const callee = node.expression
      if (callee.kind === ts.SyntaxKind.ImportKeyword) add(found.imported, node.arguments[0])
      else if (ts.isIdentifier(callee) && callee.text === 'require') add(found.imported, node.arguments[0])
      else if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'resolve')
        add(found.resolved, node.arguments[0])
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function packageName(specifier: string): string | undefined {
  if (!/^[@a-z]/i.test(specifier) || specifier.includes(':') || builtinModules.includes(specifier)) return
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}
