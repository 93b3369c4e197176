import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'

/** An export of a module of tasks by its name, and how it is written. */
export type Export =
  | { readonly kind: 'function'; readonly name: string; readonly symbol: ts.Symbol }
  | {
      readonly kind: 'class'
      readonly name: string
      readonly symbol: ts.Symbol
      readonly declaration: ts.ClassDeclaration
    }
  /** A value that the caller's thread can have as well. */
  | { readonly kind: 'literal'; readonly name: string; readonly symbol: ts.Symbol; readonly text: string }
  | { readonly kind: 'value'; readonly name: string; readonly symbol: ts.Symbol; readonly what: ValueKind }
  | { readonly kind: 'type'; readonly name: string; readonly symbol: ts.Symbol }

/** Values that have to be loaded on the caller's thread. */
export type ValueKind =
  | 'constant'
  | 'variable'
  | 'error class'
  | 'enum'
  | 'namespace'
  | 'class expression'
  | 'export ='

/** Classifies the exports of a module, each by its kind where it was declared. */
export function exportsOf(ts: TypeScript, program: ts.Program, file: ts.SourceFile): Export[] {
  const checker = program.getTypeChecker()
  const module = checker.getSymbolAtLocation(file)
  if (module === undefined) return []
  const typesOnly = namesOfTypesOnly(ts, checker, file, module)
  const whole = module.exports?.get(ts.InternalSymbolName.ExportEquals)
  if (whole !== undefined) return [one(whole)]
  return checker
    .getExportsOfModule(module)
    .map(symbol => one(symbol))
    .sort((a, b) => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1))

  function one(exported: ts.Symbol): Export {
    const name = ts.unescapeLeadingUnderscores(exported.escapedName)
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
    if (name === 'export=') return { kind: 'value', name, symbol, what: 'export =' }
    const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0
    if (!isValue || typesOnly.has(name) || isTypeOnly(ts, checker, exported))
      return { kind: 'type', name, symbol }
    return value(name, symbol)
  }

  function value(name: string, symbol: ts.Symbol): Export {
    const declaration = symbol.declarations?.find(ts.isClassDeclaration)
    if (declaration !== undefined) {
      const isError = extendsError(checker.getDeclaredTypeOfSymbol(symbol))
      return isError
        ? { kind: 'value', name, symbol, what: 'error class' }
        : { kind: 'class', name, symbol, declaration }
    }
    if ((symbol.flags & ts.SymbolFlags.Function) !== 0) return { kind: 'function', name, symbol }
    if ((symbol.flags & ts.SymbolFlags.Enum) !== 0) return { kind: 'value', name, symbol, what: 'enum' }
    if ((symbol.flags & ts.SymbolFlags.Module) !== 0)
      return { kind: 'value', name, symbol, what: 'namespace' }
    const variable = symbol.declarations?.find(ts.isVariableDeclaration)
    if (variable !== undefined && (ts.getCombinedNodeFlags(variable) & ts.NodeFlags.Const) === 0) {
      return { kind: 'value', name, symbol, what: 'variable' }
    }
    const type = checker.getTypeOfSymbol(symbol)
    if (type.getConstructSignatures().length > 0)
      return { kind: 'value', name, symbol, what: 'class expression' }
    if (type.getCallSignatures().length > 0) return { kind: 'function', name, symbol }
    const text = variable === undefined ? undefined : literalOf(variable)
    return text === undefined
      ? { kind: 'value', name, symbol, what: 'constant' }
      : { kind: 'literal', name, symbol, text }
  }

  /** The type that a declaration gives the value. */
  function literalOf({ initializer, type }: ts.VariableDeclaration): string | undefined {
    const isLiteral = (node: ts.Node): boolean =>
      ts.isLiteralExpression(node) ||
      node.kind === ts.SyntaxKind.TrueKeyword ||
      node.kind === ts.SyntaxKind.FalseKeyword ||
      (ts.isPrefixUnaryExpression(node) && isLiteral(node.operand))
    if (initializer !== undefined) return isLiteral(initializer) ? ` = ${initializer.getText()}` : undefined
    const isNothing = type?.kind === ts.SyntaxKind.UndefinedKeyword
    if (type === undefined || !(isNothing || ts.isLiteralTypeNode(type))) return undefined
    return `: ${type.getText()} = ${type.getText()}`
  }

  function extendsError(type: ts.Type): boolean {
    const bases = type.isClassOrInterface() ? checker.getBaseTypes(type) : []
    return bases.some(base => {
      const [declared] = base.getSymbol()?.declarations ?? []
      const isLanguages =
        declared !== undefined && program.isSourceFileDefaultLibrary(declared.getSourceFile())
      return (isLanguages && base.getSymbol()?.name === 'Error') || extendsError(targetOf(base))
    })
  }

  function targetOf(type: ts.Type): ts.Type {
    return (type as ts.TypeReference).target ?? type
  }

  /** In the order of the module; exports of other modules last, by name. */
  function placeOf({ symbol }: Export): number {
    const [first] = symbol.declarations ?? []
    return first?.getSourceFile() === file ? first.pos : Number.MAX_SAFE_INTEGER
  }
}

/** Whether a name is exported as a type only, somewhere on its path. */
function isTypeOnly(ts: TypeScript, checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  const declaration = symbol.declarations?.[0]
  if (declaration === undefined) return false
  if (ts.isTypeOnlyImportOrExportDeclaration(declaration)) return true
  if (!ts.isExportSpecifier(declaration)) return false
  const local = checker.getExportSpecifierLocalTargetSymbol(declaration)
  return local !== undefined && local !== symbol && isTypeOnly(ts, checker, local)
}

/** The names that are exported by `export type *`. */
function namesOfTypesOnly(
  ts: TypeScript,
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  own: ts.Symbol
): ReadonlySet<string> {
  const found = new Set<string>()
  const others = new Set<string>()
  for (const statement of file.statements) {
    if (!ts.isExportDeclaration(statement) || statement.exportClause !== undefined) continue
    const module = statement.moduleSpecifier && checker.getSymbolAtLocation(statement.moduleSpecifier)
    if (module === undefined) continue
    const names = checker.getExportsOfModule(module).map(({ name }) => name)
    for (const name of names) (statement.isTypeOnly ? found : others).add(name)
  }
  for (const name of others) found.delete(name)
  // A module's own exports take precedence, and a default export is not re-exported.
  for (const name of own.exports?.keys() ?? []) found.delete(ts.unescapeLeadingUnderscores(name))
  found.delete('default')
  return found
}
