import type ts from 'typescript'
import type { Imports } from './imports.js'
import type { TypeScript } from './load-typescript.js'
import { type Names, RESERVED_TYPES } from './names.js'
import { Refusal } from './refusal.js'
import { docOf, textWith } from './source-text.js'
import type { Specifiers } from './specifiers.js'

/** The meaning of names in a text that is copied. */
export interface Context {
  /** The type of `this`. */
  readonly self?: string
  /** Type parameters of a base class, with their arguments in the subclass. */
  readonly substitutions?: ReadonlyMap<ts.Symbol, string>
}

/** The parts with which the types of the output are written. */
export interface TypesOptions {
  readonly ts: TypeScript
  readonly checker: ts.TypeChecker
  readonly names: Names
  readonly imports: Imports
  readonly specifiers: Specifiers
  /** The module of tasks, by its name in the output. */
  readonly tasks: string
  /** Declarations that have their own name in the output: the classes, and values of other modules. */
  readonly known: ReadonlyMap<ts.Symbol, string>
  /** The classes, whose types in the output differ from those of the module of tasks. */
  readonly classes: ReadonlySet<ts.Symbol>
  /** The exports of the module of tasks, by any name. */
  readonly exported: ReadonlyMap<ts.Symbol, string>
  sourceOf(declarations: string): string
  isOfProject(file: ts.SourceFile): boolean
}

/** Writes types of the module's declarations in the form that the output needs, and collects their requirements. */
export class Types {
  readonly #the: TypesOptions
  readonly #copies = new Map<ts.Symbol, string>()
  readonly #copied: string[] = []
  readonly #reaching = new Map<ts.Symbol, boolean>()
  readonly #typeParameters: ReadonlySet<string>

  constructor(options: TypesOptions, files: readonly ts.SourceFile[]) {
    this.#the = options
    this.#typeParameters = typeParametersIn(options.ts, files)
  }

  /** A type of `@bridge/pool`, the only package that the output may name. */
  pool(name: string): string {
    const wanted = this.#typeParameters.has(name) ? `${name}_1` : name
    return this.#the.imports.add('@bridge/pool', name, wanted, true)
  }

  /** The text of a node. */
  text(node: ts.Node, context: Context = {}): string {
    const { ts } = this.#the
    const renamed = this.#withFreshParameters(node, context)
    return textWith(node, ts.forEachChild, one => this.#replace(one, renamed))
  }

  /** The type that the module of tasks itself exports under a name. */
  original(symbol: ts.Symbol): string {
    const name = this.#the.exported.get(symbol) as string
    const wanted = name === 'default' ? symbol.name : name
    return this.#the.imports.add(this.#the.tasks, name, wanted, true)
  }

  /** Whether a type names a class of the module, at any depth, and so differs from the module's type. */
  namesClass(symbol: ts.Symbol): boolean {
    const known = this.#reaching.get(symbol)
    if (known !== undefined) return known
    const found = this.#reaches(symbol, new Set())
    this.#reaching.set(symbol, found)
    return found
  }

  /** The same for a node. */
  mentionsClass(node: ts.Node): boolean {
    return this.#mentions(node, new Set())
  }

  /** Whether a parameter's type names a class of another module of the project, whose objects may be remote, too. */
  namesOtherClass(node: ts.Node): boolean {
    const { ts, checker } = this.#the
    if (ts.isIdentifier(node) && this.#isOtherClass(this.#resolved(checker.getSymbolAtLocation(node))))
      return true
    return ts.forEachChild(node, child => this.namesOtherClass(child) || undefined) ?? false
  }

  /** Reserves the name under which `copy()` will write a type, so that types that are written before can use it. */
  claim(symbol: ts.Symbol, name: string): void {
    this.#copies.set(symbol, name)
  }

  /** Writes the declarations of a type into the output; if it is also a value, only those of the type. */
  copy(symbol: ts.Symbol, name: string, isExported: boolean): void {
    const { ts } = this.#the
    const all = this.#declarationsOf(symbol)
    const types = all.filter(one => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
    const copied = isExported ? types : all
    this.#copied.push(...copied.map(one => this.#copyOf(one, name, isExported)))
  }

  /** The declarations that were copied. */
  copies(): readonly string[] {
    return this.#copied
  }

  #replace(node: ts.Node, context: Context): string | undefined {
    const { ts, checker, specifiers } = this.#the
    if (node.kind === ts.SyntaxKind.ThisType) return context.self
    if (ts.isImportTypeNode(node)) return this.#importType(node, context)
    if (
      ts.isStringLiteral(node) &&
      ts.isLiteralTypeNode(node.parent) &&
      ts.isImportTypeNode(node.parent.parent)
    ) {
      return JSON.stringify(specifiers.rebased(node.text, node.getSourceFile().fileName))
    }
    if (!ts.isIdentifier(node)) return undefined
    const isParameter = ts.isTypeParameterDeclaration(node.parent) && node.parent.name === node
    if (!isParameter && !isRootOfName(ts, node)) return undefined
    const symbol = checker.getSymbolAtLocation(node)
    if (symbol === undefined) return undefined
    const instead = context.substitutions?.get(symbol)
    if (instead !== undefined) return isParameter || /^[\w$]+$/.test(instead) ? instead : `(${instead})`
    return isParameter ? undefined : this.#nameOf(symbol, node)
  }

  #importType(node: ts.ImportTypeNode, context: Context): string | undefined {
    const { ts, checker } = this.#the
    if (node.qualifier === undefined || !ts.isIdentifier(node.qualifier)) return undefined
    const symbol = this.#resolved(checker.getSymbolAtLocation(node.qualifier))
    if (symbol === undefined) return undefined
    const known =
      this.#the.known.get(symbol) ?? (this.namesClass(symbol) ? this.#copyNamed(symbol) : undefined)
    if (known === undefined) return undefined
    const args = node.typeArguments?.map(one => this.text(one, context))
    return `${node.isTypeOf ? 'typeof ' : ''}${known}${args === undefined ? '' : `<${args.join(', ')}>`}`
  }

  /** The name in the output for a name of the declarations; `undefined` if it means the same there. */
  #nameOf(symbol: ts.Symbol, node: ts.Identifier): string | undefined {
    const { ts, known, classes, exported, imports, specifiers } = this.#the
    const target = this.#resolved(symbol) as ts.Symbol
    // `Database.Options` is in a namespace, which only the module itself has.
    const isQualified = ts.isQualifiedName(node.parent) && node.parent.left === node
    if (isQualified && classes.has(target)) return this.original(target)
    const own = known.get(target) ?? this.#copies.get(target)
    if (own !== undefined) return own
    if (this.namesClass(target)) return this.#copyNamed(target)
    if (exported.has(target)) return this.original(target)
    const declaration = symbol.declarations?.[0]
    if ((symbol.flags & ts.SymbolFlags.Alias) !== 0 && declaration !== undefined) {
      return this.#imported(declaration, node.text)
    }
    const declared = this.#declarationsOf(target)[0]
    if (declared === undefined) return this.#ofAmbientModule(target)
    const file = declared.getSourceFile()
    if (this.#isExportedBy(file, target)) {
      const module = specifiers.of(this.#the.sourceOf(file.fileName))
      return imports.add(module, target.name, target.name === 'default' ? node.text : target.name, true)
    }
    return this.#copyNamed(target)
  }

  /** A declaration inside `declare module 'name'`, as in the declarations of Node's own modules. */
  #ofAmbientModule(symbol: ts.Symbol): string | undefined {
    const { ts, imports } = this.#the
    for (const declaration of symbol.declarations ?? []) {
      const block = (ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration).parent
      const module = block !== undefined && ts.isModuleBlock(block) ? block.parent : undefined
      if (module === undefined || !ts.isStringLiteral(module.name)) continue
      return imports.add(module.name.text, symbol.name, symbol.name, true)
    }
    return undefined
  }

  #imported(declaration: ts.Declaration, local: string): string | undefined {
    const { ts, imports, specifiers } = this.#the
    const statement = ts.findAncestor(declaration, ts.isImportDeclaration)
    if (statement === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) {
      const { line } = ts.getLineAndCharacterOfPosition(declaration.getSourceFile(), declaration.getStart())
      throw new Refusal(
        `${this.#the.sourceOf(declaration.getSourceFile().fileName)}: \`${declaration.getText()}\` (line ${line + 1} of its ` +
          'declarations) names a type of an exported function: write it as `import type { … } from …`'
      )
    }
    const module = specifiers.rebased(statement.moduleSpecifier.text, statement.getSourceFile().fileName)
    const attributes = statement.attributes === undefined ? '' : ` ${statement.attributes.getText()}`
    const name = ts.isNamespaceImport(declaration)
      ? '*'
      : ts.isImportSpecifier(declaration)
        ? (declaration.propertyName ?? declaration.name).text
        : 'default'
    return imports.add(module, name, local, true, attributes)
  }

  #copyNamed(symbol: ts.Symbol): string {
    const known = this.#copies.get(symbol)
    if (known !== undefined) return known
    const name = this.#the.names.take(symbol.name === 'default' ? 'Default' : symbol.name)
    this.claim(symbol, name)
    this.copy(symbol, name, false)
    return name
  }

  #copyOf(declaration: ts.Declaration, name: string, isExported: boolean): string {
    const { ts } = this.#the
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
    const text = textWith(statement, ts.forEachChild, node => {
      if (isLeftOut(ts, node)) return ''
      if (node === (declaration as ts.NamedDeclaration).name) return name
      return this.#replace(node, {})
    })
    const isType = ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)
    return `${docOf(ts, declaration)}${isExported ? 'export ' : ''}${isType ? '' : 'declare '}${text}`
  }

  #resolved(symbol: ts.Symbol | undefined): ts.Symbol | undefined {
    const { ts, checker } = this.#the
    if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol
    return checker.getAliasedSymbol(symbol)
  }

  /** Declarations at the top level of a module; no globals, parameters, or nested declarations. */
  #declarationsOf(symbol: ts.Symbol): ts.Declaration[] {
    const { ts } = this.#the
    return (symbol.declarations ?? []).filter(one => {
      const statement = ts.isVariableDeclaration(one) ? one.parent.parent : one
      return (
        ts.isSourceFile(statement.parent ?? one) &&
        ts.isExternalModule(one.getSourceFile()) &&
        one !== statement.parent
      )
    })
  }

  #isExportedBy(file: ts.SourceFile, symbol: ts.Symbol): boolean {
    const module = this.#the.checker.getSymbolAtLocation(file)
    return module?.exports?.get(symbol.escapedName) === symbol
  }

  #isOtherClass(symbol: ts.Symbol | undefined): boolean {
    const declaration = symbol?.declarations?.find(this.#the.ts.isClassDeclaration)
    if (symbol === undefined || declaration === undefined || this.#the.known.has(symbol)) return false
    return this.#the.isOfProject(declaration.getSourceFile())
  }

  #reaches(symbol: ts.Symbol, seen: Set<ts.Symbol>): boolean {
    const { ts, classes } = this.#the
    if (classes.size === 0 || seen.has(symbol)) return false
    seen.add(symbol)
    return this.#declarationsOf(symbol).some(
      one =>
        (ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one)) &&
        this.#the.isOfProject(one.getSourceFile()) &&
        this.#mentions(one, seen)
    )
  }

  #mentions(node: ts.Node, seen: Set<ts.Symbol>): boolean {
    const { ts, checker, classes } = this.#the
    if (ts.isIdentifier(node)) {
      const named = this.#resolved(checker.getSymbolAtLocation(node))
      if (named !== undefined && (classes.has(named) || this.#reaches(named, seen))) return true
    }
    return ts.forEachChild(node, child => this.#mentions(child, seen) || undefined) ?? false
  }

  /** A method of a base class may have a type parameter with the name that the subclass uses in an argument. */
  #withFreshParameters(node: ts.Node, context: Context): Context {
    const { ts, checker } = this.#the
    const { substitutions } = context
    if (substitutions === undefined || substitutions.size === 0) return context
    const used = [...substitutions.values()].join(' ')
    const fresh = new Map(substitutions)
    const visit = (one: ts.Node): void => {
      if (ts.isTypeParameterDeclaration(one) && new RegExp(`\\b${one.name.text}\\b`).test(used)) {
        const symbol = checker.getSymbolAtLocation(one.name)
        if (symbol !== undefined) fresh.set(symbol, `${one.name.text}_1`)
      }
      ts.forEachChild(one, visit)
    }
    // The whole member, so that each part of it gets the same result.
    visit(ts.findAncestor(node, ts.isClassElement) ?? node)
    return { ...context, substitutions: fresh }
  }
}

function typeParametersIn(ts: TypeScript, files: readonly ts.SourceFile[]): ReadonlySet<string> {
  const found = new Set<string>(RESERVED_TYPES)
  const visit = (node: ts.Node): void => {
    if (ts.isTypeParameterDeclaration(node)) found.add(node.name.text)
    ts.forEachChild(node, visit)
  }
  for (const file of files) visit(file)
  return found
}

/** Whether an identifier is the first part of a name that is looked up: `ns` of `ns.Type`, `key` of `[key]: string`. */
function isRootOfName(ts: TypeScript, node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isQualifiedName(parent)) return parent.left === node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  return (
    ts.isTypeReferenceNode(parent) ||
    ts.isTypeQueryNode(parent) ||
    ts.isExpressionWithTypeArguments(parent) ||
    ts.isComputedPropertyName(parent)
  )
}

function isLeftOut(ts: TypeScript, { kind }: ts.Node): boolean {
  return (
    kind === ts.SyntaxKind.ExportKeyword ||
    kind === ts.SyntaxKind.DeclareKeyword ||
    kind === ts.SyntaxKind.DefaultKeyword
  )
}
