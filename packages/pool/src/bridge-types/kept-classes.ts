import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'

/**
 * Whether the objects of an exported class stay where they are only if the import names it: they have methods, which a
 * copy would lose, and can't be disposed, in which case they would stay anyway.
 */
export function isKeptByName(ts: TypeScript, checker: ts.TypeChecker, Class: ts.Symbol): boolean {
  const members = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(Class))
  const isDisposable = members.some(({ escapedName }) => /^__@(asyncD|d)ispose@/.test(String(escapedName)))
  return !isDisposable && members.some(({ flags }) => (flags & ts.SymbolFlags.Method) !== 0)
}
