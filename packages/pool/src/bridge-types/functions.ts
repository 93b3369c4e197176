import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import type { Face, Results } from './results.js'
import type { Context, Types } from './types.js'
import type { Way } from './ways.js'

/** Writes the types of functions and methods. */
export class Functions {
  readonly #ts: TypeScript
  readonly #types: Types
  readonly #results: Results
  readonly #face: Face

  constructor(ts: TypeScript, types: Types, results: Results, face: Face) {
    this.#ts = ts
    this.#types = types
    this.#results = results
    this.#face = face
  }

  /** The type of a function. That it can be called both ways is said here, in `method()` and in `unknown()` alone. */
  type(ways: readonly Way[], context: Context): string {
    const own = this.#calls(ways, this.#face, context)
    // On lines of their own, or the printer takes what is written about the first for a remark on the brace.
    if (this.#face === 'calls') return `{\n${own}\n}`
    return `{\n${own}\nreadonly async: {\n${this.#calls(ways, 'calls', context)}\n};\n}`
  }

  /**
   * A member of an interface. Parameters of methods are compared less strictly than those of other functions, so that a
   * `Database<User>` may be given where a `Database<Row>` is wanted: a type that is looked up of a method is one itself.
   */
  method(key: string, ways: readonly Way[], context: Context, isOptional: boolean): string {
    if (this.#face === 'calls') return this.#calls(ways, 'calls', context, `${key}${isOptional ? '?' : ''}`)
    const of = (face: Face): string => {
      const name = key.startsWith('"') ? key : JSON.stringify(key)
      return `{\n${this.#calls(ways, face, context, key)}\n}[${name}]`
    }
    return `readonly ${key}${isOptional ? '?' : ''}: ${of('blocking')} & {\nreadonly async: ${of('calls')};\n};`
  }

  /** The same where the ways of calling it are not to be seen: core's types find those of the type that is given. */
  unknown(type: string): string {
    const as = (name: string): string => `${this.#types.pool(name)}<{ readonly call: ${type} }>["call"]`
    return this.#face === 'calls' ? as('Remote') : `${as('RemoteSync')} & { readonly async: ${as('Remote')} }`
  }

  /** What stands between the name of a function and its result. */
  parameters(
    {
      typeParameters,
      parameters
    }: {
      typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration>
      parameters: Iterable<ts.ParameterDeclaration>
    },
    context: Context
  ): string {
    const written = [...parameters]
      // Nothing is `this` of a function that runs elsewhere.
      .filter(one => one.name.getText() !== 'this')
      .map((one, index) => this.#parameter(one, index, context))
    return `${this.typeParameters(typeParameters, context)}(${written.join(', ')})`
  }

  /** `<T extends Row = Row>`, or nothing. */
  typeParameters(
    all: Iterable<ts.TypeParameterDeclaration> | undefined,
    context: Context,
    isType = false
  ): string {
    const written = [...(all ?? [])].map(one => {
      const text = this.#types.text(one, context)
      // Variance is said of types alone.
      return isType ? text : text.replace(/^((in|out)\s+)+/, '')
    })
    return written.length === 0 ? '' : `<${written.join(', ')}>`
  }

  #calls(ways: readonly Way[], face: Face, context: Context, name = ''): string {
    return ways
      .map(({ node, doc }) => {
        const result = node.type === undefined ? 'any' : this.#results.of(node.type, face, context)
        return `${doc}${name}${this.parameters(node, context)}: ${result};`
      })
      .join('\n')
  }

  #parameter(node: ts.ParameterDeclaration, index: number, context: Context): string {
    const { name, questionToken, dotDotDotToken, type } = node
    const shown = this.#ts.isIdentifier(name) ? name.text : this.#pattern(name, index)
    const written = type === undefined ? 'any' : this.#argument(type, context)
    return `${dotDotDotToken === undefined ? '' : '...'}${shown}${questionToken === undefined ? '' : '?'}: ${written}`
  }

  /** A callback is passed as the function itself, and an object that lives elsewhere as what stands for it here. */
  #argument(node: ts.TypeNode, context: Context): string {
    const ts = this.#ts
    const isCallback =
      ts.isTypeReferenceNode(node) &&
      node.typeName.getText() === 'Callback' &&
      node.typeArguments?.length === 1
    if (!isCallback && !this.#types.namesOtherClass(node)) return this.#types.text(node, context)
    const isRest = ts.isParameter(node.parent) && node.parent.dotDotDotToken !== undefined
    // What stands for a list is none, and so can't be the rest.
    const wrapped = isRest && ts.isArrayTypeNode(node) ? node.elementType : isRest ? undefined : node
    if (wrapped === undefined) return this.#types.text(node, context)
    return `${this.#types.pool('RemoteArgument')}<${this.#types.text(wrapped, context)}>${isRest ? '[]' : ''}`
  }

  /** Fields that are only named are shown as they are; what they are called inside is the function's own business. */
  #pattern(name: ts.BindingPattern, index: number): string {
    const ts = this.#ts
    const isPlain =
      ts.isObjectBindingPattern(name) &&
      name.elements.every(one => one.propertyName === undefined && ts.isIdentifier(one.name))
    if (!isPlain) return `argument${index + 1}`
    return `{ ${name.elements.map(one => `${one.dotDotDotToken === undefined ? '' : '...'}${one.name.getText()}`).join(', ')} }`
  }
}
