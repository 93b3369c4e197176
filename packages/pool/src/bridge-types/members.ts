import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import type { Context, Types } from './types.js'

/** A member of a class or of one of its bases, and the context of its types in the class. */
export interface Member {
  readonly node: ts.ClassElement
  readonly context: Context
  readonly isStatic: boolean
  /** A name, or `[Symbol.iterator]`; `undefined` for a key that is not a name. */
  readonly name: string | undefined
}

/** All members of a class, including those of its bases that belong to the project. */
export interface ClassContent {
  readonly members: readonly Member[]
  readonly constructors: readonly { node: ts.ConstructorDeclaration; context: Context }[]
  /** Whether it can only be constructed inside the class. */
  readonly isClosed: boolean
  /** The base class that does not belong to the project. */
  readonly foreign: { readonly node: ts.ExpressionWithTypeArguments; readonly context: Context } | undefined
}

/** Reads the members of classes. */
export class Members {
  readonly #ts: TypeScript
  readonly #checker: ts.TypeChecker
  readonly #types: Types
  readonly #isOfProject: (file: ts.SourceFile) => boolean

  constructor(
    ts: TypeScript,
    checker: ts.TypeChecker,
    types: Types,
    isOfProject: (file: ts.SourceFile) => boolean
  ) {
    this.#ts = ts
    this.#checker = checker
    this.#types = types
    this.#isOfProject = isOfProject
  }

  /** The members of a class; `context` defines `this` in it. */
  of(declaration: ts.ClassDeclaration, context: Context): ClassContent {
    const ts = this.#ts
    const own = declaration.members.filter(one => !ts.isConstructorDeclaration(one) && !this.#isHidden(one))
    const members = own.map(node => this.#member(node, context))
    const constructors = declaration.members.filter(ts.isConstructorDeclaration)
    const isAbstract =
      declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AbstractKeyword) ?? false
    const isClosed = isAbstract || constructors.some(one => this.#isHidden(one))
    const made = constructors.map(node => ({ node, context }))
    const base = this.baseOf(declaration)
    if (base === undefined) return { members, constructors: made, isClosed, foreign: undefined }
    const { node, class: Class } = base
    if (Class === undefined) return { members, constructors: made, isClosed, foreign: { node, context } }
    const inherited = this.of(Class, { ...context, substitutions: this.#substitutions(node, Class, context) })
    const isOverridden = (one: Member): boolean =>
      one.name !== undefined &&
      members.some(({ name, isStatic }) => name === one.name && isStatic === one.isStatic)
    return {
      members: [...inherited.members.filter(one => !isOverridden(one)), ...members],
      constructors: made.length > 0 ? made : inherited.constructors,
      isClosed:
        isClosed || (made.length === 0 && inherited.constructors.some(one => this.#isHidden(one.node))),
      foreign: inherited.foreign
    }
  }

  /** The class that a class extends, with its declaration if it belongs to the project. */
  baseOf(
    declaration: ts.ClassDeclaration
  ): { node: ts.ExpressionWithTypeArguments; class: ts.ClassDeclaration | undefined } | undefined {
    const ts = this.#ts
    const clause = declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)
    const node = clause?.types[0]
    if (node === undefined || node.expression.kind === ts.SyntaxKind.NullKeyword) return undefined
    const found = this.#resolved(this.#checker.getSymbolAtLocation(node.expression))?.declarations?.find(
      ts.isClassDeclaration
    )
    return {
      node,
      class: found !== undefined && this.#isOfProject(found.getSourceFile()) ? found : undefined
    }
  }

  #member(node: ts.ClassElement, context: Context): Member {
    const isStatic =
      this.#ts.canHaveModifiers(node) &&
      (node.modifiers?.some(({ kind }) => kind === this.#ts.SyntaxKind.StaticKeyword) ?? false)
    return { node, context, isStatic, name: this.#nameOf(node) }
  }

  #nameOf({ name }: ts.ClassElement): string | undefined {
    const ts = this.#ts
    if (name === undefined) return undefined
    if (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name)) return name.text
    if (!ts.isComputedPropertyName(name)) return undefined
    if (/^Symbol\.\w+$/.test(name.expression.getText())) return `[${name.expression.getText()}]`
    const type = this.#checker.getTypeAtLocation(name.expression)
    return type.isStringLiteral() || type.isNumberLiteral() ? String(type.value) : undefined
  }

  /** Members that only the class itself may use. */
  #isHidden(node: ts.ClassElement): boolean {
    const ts = this.#ts
    if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true
    const modifiers = ts.canHaveModifiers(node) ? (node.modifiers ?? []) : []
    return modifiers.some(
      ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword
    )
  }

  /** The base's type parameters, with their arguments in the class. */
  #substitutions(
    { typeArguments }: ts.ExpressionWithTypeArguments,
    base: ts.ClassDeclaration,
    context: Context
  ): ReadonlyMap<ts.Symbol, string> {
    const found = new Map(context.substitutions)
    for (const [index, parameter] of (base.typeParameters ?? []).entries()) {
      const symbol = this.#checker.getSymbolAtLocation(parameter.name)
      const given = typeArguments?.[index]
      const chosen = given ?? parameter.default ?? parameter.constraint
      const scope = given === undefined ? { ...context, substitutions: found } : context
      if (symbol !== undefined)
        found.set(symbol, chosen === undefined ? 'unknown' : this.#types.text(chosen, scope))
    }
    return found
  }

  #resolved(symbol: ts.Symbol | undefined): ts.Symbol | undefined {
    if (symbol === undefined || (symbol.flags & this.#ts.SymbolFlags.Alias) === 0) return symbol
    return this.#checker.getAliasedSymbol(symbol)
  }
}
