import type ts from 'typescript'
import type { Export } from './exports.js'
import type { TypeScript } from './load-typescript.js'
import type { Programs } from './programs.js'
import type { Specifiers } from './specifiers.js'

/** A module that exports a value, and the name of the export. */
export interface Origin {
  readonly specifier: string
  readonly name: string
  /** Its declarations, or its source. */
  readonly file: ts.SourceFile
}

/**
 * Finds the module that declares a value which the module of tasks re-exports; `undefined` if that declares it itself.
 */
export function originOf(
  ts: TypeScript,
  programs: Programs,
  specifiers: Specifiers,
  { name, symbol }: Export
): Origin | undefined {
  const { published, declarations } = programs
  const checker = published.getTypeChecker()
  const file = symbol.declarations?.[0]?.getSourceFile()
  if (file === undefined || file === declarations) return undefined
  const isForeign = !isOfProject(published, file)
  const found = isForeign ? passedOn() : undefined
  if (found !== undefined) return { ...found, file }
  const own = exportedAs(file)
  if (own === undefined) return undefined
  const source = programs.sourceOf(file.fileName)
  const { rewriteRelativeImportExtensions, allowImportingTsExtensions } = published.getCompilerOptions()
  const isWrittenAsItIs = (rewriteRelativeImportExtensions ?? allowImportingTsExtensions) === true
  return {
    specifier: specifiers.of(source, isWrittenAsItIs && !/\.d\.[cm]?ts$/.test(source)),
    name: own,
    file
  }

  /** The module of a package is named as in the first place of the project that names it. */
  function passedOn(): { specifier: string; name: string } | undefined {
    for (const statement of declarations.statements) {
      if (!ts.isExportDeclaration(statement) && !ts.isImportDeclaration(statement)) continue
      const { moduleSpecifier } = statement
      if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) continue
      const module = checker.getSymbolAtLocation(moduleSpecifier)
      const theirs = module && exportNameIn(module)
      if (theirs !== undefined) {
        return { specifier: specifiers.rebased(moduleSpecifier.text, declarations.fileName), name: theirs }
      }
    }
    return undefined
  }

  function exportedAs(of: ts.SourceFile): string | undefined {
    const module = checker.getSymbolAtLocation(of)
    return module && exportNameIn(module)
  }

  function exportNameIn(module: ts.Symbol): string | undefined {
    const all = checker.getExportsOfModule(module).filter(one => resolved(one) === symbol)
    return (all.find(one => one.name === name) ?? all[0])?.name
  }

  function resolved(one: ts.Symbol): ts.Symbol {
    return (one.flags & ts.SymbolFlags.Alias) === 0 ? one : checker.getAliasedSymbol(one)
  }
}

/** Whether a file belongs to the user, and not to a package. */
export function isOfProject(program: ts.Program, file: ts.SourceFile): boolean {
  return (
    !program.isSourceFileFromExternalLibrary(file) &&
    !program.isSourceFileDefaultLibrary(file) &&
    !file.fileName.includes('/node_modules/')
  )
}
