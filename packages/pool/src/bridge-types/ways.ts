import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import { docOf } from './source-text.js'

/** One overload of a function, and its documentation. */
export interface Way {
  readonly node: ts.SignatureDeclaration
  readonly doc: string
}

/** Finds the overloads of a function in its declarations. */
export class Ways {
  readonly #ts: TypeScript
  readonly #checker: ts.TypeChecker

  constructor(ts: TypeScript, checker: ts.TypeChecker) {
    this.#ts = ts
    this.#checker = checker
  }

  /** The overloads of a function, or of a constant that is one; `undefined` if its type does not show them. */
  ofSymbol(symbol: ts.Symbol): readonly Way[] | undefined {
    const ts = this.#ts
    const declarations = symbol.declarations ?? []
    // Packages may export the members of an object.
    const functions = declarations.filter(
      one => ts.isFunctionDeclaration(one) || ts.isMethodSignature(one) || ts.isMethodDeclaration(one)
    )
    if (functions.length > 0) return functions.map(node => ({ node, doc: docOf(ts, node) }))
    const variable = declarations.find(one => ts.isVariableDeclaration(one) || ts.isPropertySignature(one))
    return variable?.type === undefined ? undefined : this.ofType(variable.type, docOf(ts, variable))
  }

  /** The overloads of a type; `doc` is the documentation of the declaration with that type. */
  ofType(node: ts.TypeNode, doc: string): readonly Way[] | undefined {
    const ts = this.#ts
    if (ts.isParenthesizedTypeNode(node)) return this.ofType(node.type, doc)
    if (ts.isFunctionTypeNode(node)) return [{ node, doc }]
    if (ts.isTypeLiteralNode(node)) return this.#ofMembers(node.members, doc)
    if (ts.isTypeQueryNode(node)) {
      const symbol = this.#resolved(this.#checker.getSymbolAtLocation(node.exprName))
      return symbol === undefined || node.typeArguments !== undefined ? undefined : this.ofSymbol(symbol)
    }
    if (!ts.isTypeReferenceNode(node) || node.typeArguments !== undefined) return undefined
    const declarations = this.#resolved(this.#checker.getSymbolAtLocation(node.typeName))?.declarations ?? []
    const [declaration] = declarations
    if (declarations.length !== 1 || declaration === undefined) return undefined
    // The default of a type parameter would have to be inserted.
    if (ts.isTypeAliasDeclaration(declaration) && declaration.typeParameters === undefined) {
      return this.ofType(declaration.type, doc)
    }
    if (!ts.isInterfaceDeclaration(declaration) || declaration.typeParameters !== undefined) return undefined
    return declaration.heritageClauses === undefined ? this.#ofMembers(declaration.members, doc) : undefined
  }

  #ofMembers(members: readonly ts.TypeElement[], doc: string): readonly Way[] | undefined {
    const ts = this.#ts
    const calls = members.filter(ts.isCallSignatureDeclaration)
    if (calls.length === 0 || members.some(ts.isConstructSignatureDeclaration)) return undefined
    return calls.map(node => ({ node, doc: docOf(ts, node) || doc }))
  }

  #resolved(symbol: ts.Symbol | undefined): ts.Symbol | undefined {
    if (symbol === undefined || (symbol.flags & this.#ts.SymbolFlags.Alias) === 0) return symbol
    return this.#checker.getAliasedSymbol(symbol)
  }
}
