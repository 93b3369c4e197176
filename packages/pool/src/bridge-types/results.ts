import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import type { Context, Types } from './types.js'

/** How the functions of the output are used: they return the value, or a call. */
export type Form = 'blocking' | 'calls'

/** Types of Node that arrive unchanged. */
const WHOLE: ReadonlySet<string> = new Set([
  'Buffer',
  'URL',
  'URLSearchParams',
  'Headers',
  'Blob',
  'File',
  'MessagePort'
])

/** Writes the results of functions, as `RemoteSync` and `Remote` of `@bridge/core` define them. */
export class Results {
  readonly #ts: TypeScript
  readonly #program: ts.Program
  readonly #checker: ts.TypeChecker
  readonly #types: Types
  readonly #isClass: (symbol: ts.Symbol) => boolean

  constructor(ts: TypeScript, program: ts.Program, types: Types, isClass: (symbol: ts.Symbol) => boolean) {
    this.#ts = ts
    this.#program = program
    this.#checker = program.getTypeChecker()
    this.#types = types
    this.#isClass = isClass
  }

  /** The result of a function with this result type. */
  of(node: ts.TypeNode, form: Form, context: Context): string {
    return form === 'blocking' ? this.#blocking(node, context) : this.#call(node, context)
  }

  /** The value when a property of this type is read. */
  value(node: ts.TypeNode, context: Context): string {
    return this.#settled(node, context)
  }

  #blocking(given: ts.TypeNode, context: Context): string {
    const node = this.#bare(given)
    if (this.#ts.isTypePredicateNode(node)) return this.#predicate(node, context)
    const stream = this.#stream(node, context)
    if (stream !== undefined) return `${this.#types.pool('BlockingStream')}<${stream.join(', ')}>`
    return this.#isDeep(node) ? this.#helped('BlockingResult', node, context) : this.#settled(node, context)
  }

  #call(given: ts.TypeNode, context: Context): string {
    const node = this.#bare(given)
    if (this.#ts.isTypePredicateNode(node)) {
      return `${this.#types.pool('Call')}<${node.assertsModifier === undefined ? 'boolean' : 'void'}>`
    }
    const stream = this.#stream(node, context)
    if (stream !== undefined) return `${this.#types.pool('StreamCall')}<${stream.join(', ')}>`
    if (this.#isDeep(node)) return this.#helped('RemoteCall', node, context)
    return `${this.#types.pool('Call')}<${this.#awaited(node, context)}>`
  }

  /** `this is …` can't be written in a property's type. */
  #predicate(node: ts.TypePredicateNode, context: Context): string {
    if (node.parameterName.kind !== this.#ts.SyntaxKind.ThisType) return this.#types.text(node, context)
    return node.assertsModifier === undefined ? 'boolean' : 'void'
  }

  /** The value of a blocking call: to blocking code a remote object is a plain one. */
  #settled(given: ts.TypeNode, context: Context): string {
    return this.#mapped(given, context, node =>
      this.#isRemote(this.#checker.getTypeFromTypeNode(node))
        ? this.#helped('BlockingResult', node, context)
        : undefined
    )
  }

  /** The value of an await. */
  #awaited(given: ts.TypeNode, context: Context): string {
    return this.#mapped(given, context, () => undefined)
  }

  #mapped(given: ts.TypeNode, context: Context, special: (node: ts.TypeNode) => string | undefined): string {
    const ts = this.#ts
    const node = this.#bare(given)
    const again = (inner: ts.TypeNode): string => this.#mapped(inner, context, special)
    const inner = this.#argumentOf(node, ['Promise', 'PromiseLike'])
    if (inner !== undefined) return again(inner)
    if (ts.isUnionTypeNode(node)) return [...new Set(node.types.map(again))].join(' | ')
    const instead = special(node)
    if (instead !== undefined) return instead
    const text = this.#types.text(node, context)
    if (this.#isThenable(this.#checker.getTypeFromTypeNode(node))) return `Awaited<${text}>`
    return ts.isFunctionTypeNode(node) || ts.isConditionalTypeNode(node) || ts.isInferTypeNode(node)
      ? `(${text})`
      : text
  }

  /** What a generator yields, returns and receives. */
  #stream(node: ts.TypeNode, context: Context): string[] | undefined {
    const args = this.#argumentsOf(node, ['Generator', 'AsyncGenerator'])
    if (args === undefined) return undefined
    // An argument that is left out has a default there, which differs from that of the given types.
    const all = this.#checker.getTypeArguments(this.#checker.getTypeFromTypeNode(node) as ts.TypeReference)
    return [0, 1, 2].map(index => {
      const written = args[index]
      if (written !== undefined) return this.#types.text(written, context)
      const type = all[index]
      return type === undefined ? 'unknown' : this.#checker.typeToString(type)
    })
  }

  #helped(name: string, node: ts.TypeNode, context: Context): string {
    return `${this.#types.pool(name)}<${this.#types.text(node, context)}>`
  }

  /** Whether the result for a type can't be derived from its text, so that a type of core has to compute it. */
  #isDeep(node: ts.TypeNode): boolean {
    const ts = this.#ts
    if (ts.isParenthesizedTypeNode(node)) return this.#isDeep(node.type)
    const promised = this.#argumentOf(node, ['Promise', 'PromiseLike'])
    if (promised !== undefined) return this.#losesMethods(this.#checker.getTypeFromTypeNode(promised))
    if (ts.isUnionTypeNode(node)) return node.types.some(one => this.#isDeep(one))
    return this.#isDeepType(this.#checker.getTypeFromTypeNode(node))
  }

  #isDeepType(type: ts.Type): boolean {
    const ts = this.#ts
    if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Never)) !== 0) return false
    if (type.isUnion()) return type.types.some(one => this.#isDeepType(one))
    if ((type.flags & ts.TypeFlags.Conditional) !== 0) return type.aliasSymbol?.name !== 'Awaited'
    const symbol = type.getSymbol()
    if (symbol !== undefined && this.#isClass(symbol)) return false
    if (this.#isThenable(type) || this.#isRemote(type)) return true
    if (this.#has(type, 'asyncIterator') || this.#isMethod(type.getProperty('next'))) return true
    if (this.#losesMethods(type)) return true
    if (!this.#has(type, 'iterator') || (type.flags & ts.TypeFlags.StringLike) !== 0) return false
    // Collections are values; instances without any other content stream.
    return !this.#isOfLanguage(symbol) && this.#hasMethodsOnly(type)
  }

  /** Whether a copy of it has less: an object of another module or of Node that has methods. */
  #losesMethods(type: ts.Type): boolean {
    const symbol = type.getSymbol()
    if (symbol === undefined || !type.isClassOrInterface() || this.#isOfLanguage(symbol)) return false
    if (WHOLE.has(symbol.name) || this.#isClass(symbol)) return false
    return this.#checker
      .getPropertiesOfType(type)
      .some(({ flags }) => (flags & this.#ts.SymbolFlags.Method) !== 0)
  }

  #hasMethodsOnly(type: ts.Type): boolean {
    const named = type.getProperties().filter(({ escapedName }) => !String(escapedName).startsWith('__@'))
    return named.every(one => this.#isMethod(one))
  }

  #isMethod(symbol: ts.Symbol | undefined): boolean {
    return symbol !== undefined && this.#checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0
  }

  #isThenable(type: ts.Type): boolean {
    if ((type.flags & (this.#ts.TypeFlags.Any | this.#ts.TypeFlags.Unknown)) !== 0) return false
    const then = this.#checker.getPropertyOfType(this.#checker.getApparentType(type), 'then')
    return this.#isMethod(then)
  }

  /** Whether it is a remote type, which core marks by a property with a unique symbol. */
  #isRemote(type: ts.Type): boolean {
    return this.#checker
      .getPropertiesOfType(type)
      .some(({ escapedName }) => /^__@behind@/.test(String(escapedName)))
  }

  #has(type: ts.Type, symbol: string): boolean {
    const all = this.#checker.getPropertiesOfType(this.#checker.getApparentType(type))
    return all.some(({ escapedName }) => String(escapedName).startsWith(`__@${symbol}@`))
  }

  #argumentOf(node: ts.TypeNode, names: readonly string[]): ts.TypeNode | undefined {
    return this.#argumentsOf(node, names)?.[0]
  }

  /** The arguments of one of these built-in types. */
  #argumentsOf(node: ts.TypeNode, names: readonly string[]): readonly ts.TypeNode[] | undefined {
    if (!this.#ts.isTypeReferenceNode(node) || !this.#ts.isIdentifier(node.typeName)) return undefined
    if (!names.includes(node.typeName.text)) return undefined
    const isTheirs = this.#isOfLanguage(this.#checker.getSymbolAtLocation(node.typeName))
    return isTheirs ? (node.typeArguments ?? []) : undefined
  }

  #isOfLanguage(symbol: ts.Symbol | undefined): boolean {
    return (symbol?.declarations ?? []).some(one =>
      this.#program.isSourceFileDefaultLibrary(one.getSourceFile())
    )
  }

  #bare(node: ts.TypeNode): ts.TypeNode {
    return this.#ts.isParenthesizedTypeNode(node) ? this.#bare(node.type) : node
  }
}
