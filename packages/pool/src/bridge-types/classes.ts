import type ts from 'typescript'
import type { Functions } from './functions.js'
import type { TypeScript } from './load-typescript.js'
import type { ClassContent, Member, Members } from './members.js'
import { isIdentifier } from './names.js'
import type { Form, Results } from './results.js'
import { docOf } from './source-text.js'
import type { Context, Types } from './types.js'
import type { Way, Ways } from './ways.js'

/** A class in the output: the type of its objects, and that of the class itself. */
export interface WrittenClass {
  readonly instance: string
  readonly itself: string
}

/** The parts with which classes are written. */
export interface ClassesOptions {
  readonly ts: TypeScript
  readonly form: Form
  readonly types: Types
  readonly results: Results
  readonly functions: Functions
  readonly ways: Ways
  readonly members: Members
  isCallable(type: ts.TypeNode): boolean
  isIterable(Class: ts.Symbol): boolean
  /** Reports a member that is not available on a remote object. */
  leaveOut(Class: ts.Symbol, member: string, why: string): void
}

const DISPOSERS = ['[Symbol.dispose]', '[Symbol.asyncDispose]']
const ITERATORS = ['[Symbol.asyncIterator]', '[Symbol.iterator]']

/** Writes classes, each as an interface and a constant with the same name, so that it is a type and a value. */
export class Classes {
  readonly #the: ClassesOptions

  constructor(options: ClassesOptions) {
    this.#the = options
  }

  /** `local` is the name of the class in the output. */
  write(symbol: ts.Symbol, declaration: ts.ClassDeclaration, local: string): WrittenClass {
    const { form, functions, types, members } = this.#the
    const parameters = declaration.typeParameters
    const names = (parameters ?? []).map(({ name }) => name.text)
    const args = names.length === 0 ? '' : `<${names.join(', ')}>`
    const context: Context = { self: `${local}${args}` }
    const content = members.of(declaration, context)
    // The bound of a type parameter may be a class, which is another type in the output.
    const isBounded = (parameters ?? []).some(
      ({ constraint }) => constraint !== undefined && types.mentionsClass(constraint)
    )
    const originalArgs = isBounded ? `<${names.map(() => 'any').join(', ')}>` : args
    const original = `${types.original(symbol)}${originalArgs}`
    const item = this.#item(symbol, content, original)
    const bases = [
      `${types.pool('RemoteHandle')}<${original}>`,
      ...this.#foreign(content),
      ...(item === undefined || form === 'blocking'
        ? []
        : [`AsyncIterable<${item.type}>`, `Iterable<${item.type}>`])
    ]
    const instance = content.members
      .filter(one => !one.isStatic)
      .map(one => this.#instanceMember(symbol, one))
    if (item !== undefined && form === 'blocking') {
      const generator = types.pool('GeneratorLike')
      instance.push(`${item.doc}[Symbol.iterator](): ${generator}<${item.type}, unknown, unknown>;`)
    }
    const statics = content.members.filter(one => one.isStatic).map(one => this.#staticMember(symbol, one))
    const head = `${local}${functions.typeParameters(parameters, {}, true)}`
    return {
      instance: `interface ${head} extends ${bases.join(', ')} {\n${instance.join('\n')}\n}`,
      itself: `{\n${[...this.#constructors(declaration, content, context), ...statics].join('\n')}\n}`
    }
  }

  #constructors(declaration: ts.ClassDeclaration, content: ClassContent, context: Context): string[] {
    const { ts, functions, types } = this.#the
    const self = context.self as string
    // A class that can't be constructed may still be used with `instanceof`.
    if (content.isClosed) {
      const erased = self.replace(
        /<.*>$/,
        `<${(declaration.typeParameters ?? []).map(() => 'never').join(', ')}>`
      )
      return [`[Symbol.hasInstance](value: unknown): value is ${erased};`]
    }
    const own = functions.typeParameters(declaration.typeParameters, {})
    if (content.constructors.length > 0) {
      return content.constructors.map(
        ({ node, context: of }) => `${docOf(ts, node)}new ${own}${functions.parameters(node, of)}: ${self};`
      )
    }
    const { foreign } = content
    if (foreign === undefined) return [`new ${own}(): ${self};`]
    const base = `typeof ${types.text(foreign.node.expression, foreign.context)}`
    return [`new ${own}(...args: ConstructorParameters<${base}>): ${self};`]
  }

  #instanceMember(Class: ts.Symbol, member: Member): string {
    const { ts, form } = this.#the
    const { node, name, context } = member
    // Their types are written once for the class.
    if (name !== undefined && [...DISPOSERS, ...ITERATORS].includes(name)) return ''
    if (name === undefined || name.startsWith('[')) {
      const key = ts.isIndexSignatureDeclaration(node)
        ? node.getText()
        : (node.name?.getText() ?? node.getText())
      this.#the.leaveOut(Class, key, 'only members that have a name are available on a remote object')
      return ''
    }
    const method = this.#method(member)
    if (method !== undefined) return method
    // Properties of a remote object are read by `read(object, key)`, which knows their types.
    if (form === 'calls') return ''
    const { doc, key } = this.#named(member)
    if (ts.isGetAccessorDeclaration(node)) return `${doc}get ${key}(): ${this.#value(node.type, context)};`
    if (ts.isSetAccessorDeclaration(node)) {
      return `${doc}set ${key}(value: ${this.#value(node.parameters[0]?.type, context)});`
    }
    if (!ts.isPropertyDeclaration(node)) return ''
    const isReadOnly = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) ?? false
    const optional = node.questionToken === undefined ? '' : '?'
    return `${doc}${isReadOnly ? 'readonly ' : ''}${key}${optional}: ${this.#value(node.type, context)};`
  }

  #staticMember(Class: ts.Symbol, member: Member): string {
    const { name } = member
    if (name === 'prototype') return ''
    const isOfFunctions = name !== undefined && name in Function.prototype
    if (name !== undefined && !name.startsWith('[') && !isOfFunctions) {
      const method = this.#method(member)
      if (method !== undefined) return method
    }
    const why = isOfFunctions
      ? 'every function has one of that name: call it otherwise'
      : 'only methods of a remote class are available: write a static method that returns it'
    this.#the.leaveOut(Class, `static ${name ?? member.node.getText()}`, why)
    return ''
  }

  /** A method, or a property that is a function; `undefined` for any other. */
  #method(member: Member): string | undefined {
    const { ts, ways, functions, form } = this.#the
    const { node, context, name } = member
    const { doc, key } = this.#named(member)
    if (ts.isMethodDeclaration(node)) {
      const { members: beside } = node.parent as ts.ClassDeclaration
      const overloads = beside.filter(
        (one): one is ts.MethodDeclaration =>
          ts.isMethodDeclaration(one) && one.name.getText() === node.name.getText()
      )
      const same = overloads.filter(one => isStatic(ts, one) === isStatic(ts, node))
      if (same[0] !== node) return ''
      const all = same.map((one): Way => ({ node: one, doc: docOf(ts, one) }))
      const isOptional = node.questionToken !== undefined
      if (member.isStatic) return `${doc}readonly ${key}: ${functions.type(all, context)};`
      // Methods that return calls are written as such, each with its documentation.
      return `${form === 'calls' ? '' : doc}${functions.method(key, all, context, isOptional)}`
    }
    if (!ts.isPropertyDeclaration(node) && !ts.isGetAccessorDeclaration(node)) return undefined
    const { type } = node
    if (type === undefined || name === undefined || !this.#the.isCallable(type)) return undefined
    const found = ways.ofType(type, doc)
    const written =
      found === undefined
        ? functions.unknown(this.#the.types.text(type, context))
        : functions.type(found, context)
    const isOptional = ts.isPropertyDeclaration(node) && node.questionToken !== undefined
    const isRead = form === 'blocking' || ts.isPropertyDeclaration(node)
    return isRead ? `${doc}readonly ${key}${isOptional ? '?' : ''}: ${written};` : undefined
  }

  #named({ node, name = '' }: Member): { doc: string; key: string } {
    return { doc: docOf(this.#the.ts, node), key: isIdentifier(name) ? name : JSON.stringify(name) }
  }

  #value(node: ts.TypeNode | undefined, context: Context): string {
    return node === undefined ? 'any' : this.#the.results.value(node, context)
  }

  /** The members that a class inherits from a class of another package. */
  #foreign({ foreign, members }: ClassContent): string[] {
    const { ts, form, types } = this.#the
    if (foreign === undefined) return []
    const { node, context } = foreign
    const isName = ts.isIdentifier(node.expression) && !/_base(_\d+)?$/.test(node.expression.text)
    const base = isName
      ? types.text(node, context)
      : `InstanceType<typeof ${types.text(node.expression, context)}>`
    const own = members.flatMap(({ name, isStatic }) =>
      isStatic || name === undefined || name.startsWith('[') ? [] : [JSON.stringify(name)]
    )
    const view = `${types.pool(form === 'calls' ? 'RemoteObject' : 'BlockingObject')}<${base}>`
    return [`Pick<${view}, Exclude<keyof ${view} & string, ${[...new Set(own)].join(' | ') || 'never'}>>`]
  }

  /** The items of an object: by an iterator of either kind, and in the output by both. */
  #item(
    symbol: ts.Symbol,
    { members, foreign }: ClassContent,
    original: string
  ): { type: string; doc: string } | undefined {
    const found = ITERATORS.map(name => members.find(one => !one.isStatic && one.name === name)).find(Boolean)
    if (found !== undefined) return { type: this.#itemOf(found, original), doc: this.#named(found).doc }
    if (foreign === undefined || !this.#the.isIterable(symbol)) return undefined
    return { type: inferredItem(original), doc: '' }
  }

  #itemOf({ node, context }: Member, original: string): string {
    const { ts, types } = this.#the
    const result = ts.isMethodDeclaration(node) ? node.type : undefined
    const isPlain =
      result !== undefined &&
      ts.isTypeReferenceNode(result) &&
      /^(Async)?(Iterator|IterableIterator|Generator|IteratorObject)$/.test(result.typeName.getText())
    const [item] = isPlain ? (result.typeArguments ?? []) : []
    if (item !== undefined) return types.text(item, context)
    return inferredItem(original)
  }
}

function inferredItem(original: string): string {
  const of = (name: string): string => `${original} extends ${name}<infer Item> ? Item`
  return `${of('AsyncIterable')} : ${of('Iterable')} : never`
}

function isStatic(ts: TypeScript, node: ts.MethodDeclaration): boolean {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false
}
