import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import type { Form, Results } from './results.js'
import type { Context, Types } from './types.js'
import type { Way } from './ways.js'

/** Writes the types of functions and methods. */
export class Functions {
  readonly #ts: TypeScript
  readonly #types: Types
  readonly #results: Results
  readonly #form: Form

  constructor(ts: TypeScript, types: Types, results: Results, form: Form) {
    this.#ts = ts
    this.#types = types
    this.#results = results
    this.#form = form
  }

  /**
   * The type of a function. That it can be called in both ways is only written here, in `method()` and in `unknown()`.
   */
  type(ways: readonly Way[], context: Context): string {
    const own = this.#calls(ways, this.#form, context)
    // On separate lines, or the printer treats the documentation of the first member as a comment of the brace.
    if (this.#form === 'calls') return `{\n${own}\n}`
    return `{\n${own}\nreadonly async: {\n${this.#calls(ways, 'calls', context)}\n};\n}`
  }

  /**
   * A member of an interface. Parameters of methods are compared less strictly than those of other functions, so that a
   * `Database<User>` can be passed for a `Database<Row>`: a type that is looked up from a method is a method itself.
   */
  method(key: string, ways: readonly Way[], context: Context, isOptional: boolean): string {
    if (this.#form === 'calls') return this.#calls(ways, 'calls', context, `${key}${isOptional ? '?' : ''}`)
    const of = (form: Form): string => {
      const name = key.startsWith('"') ? key : JSON.stringify(key)
      return `{\n${this.#calls(ways, form, context, key)}\n}[${name}]`
    }
    return `readonly ${key}${isOptional ? '?' : ''}: ${of('blocking')} & {\nreadonly async: ${of('calls')};\n};`
  }

  /** The same if the overloads are not visible: core's types find those of the given type. */
  unknown(type: string): string {
    const as = (name: string): string => `${this.#types.pool(name)}<{ readonly call: ${type} }>["call"]`
    return this.#form === 'calls' ? as('Remote') : `${as('RemoteSync')} & { readonly async: ${as('Remote')} }`
  }

  /** The text between the name of a function and its result. */
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
      // A function that runs elsewhere has no `this`.
      .filter(one => one.name.getText() !== 'this')
      .map((one, index) => this.#parameter(one, index, context))
    return `${this.typeParameters(typeParameters, context)}(${written.join(', ')})`
  }

  /** `<T extends Row = Row>`, or an empty text. */
  typeParameters(
    all: Iterable<ts.TypeParameterDeclaration> | undefined,
    context: Context,
    isType = false
  ): string {
    const written = [...(all ?? [])].map(one => {
      const text = this.#types.text(one, context)
      // Only types have variance annotations.
      return isType ? text : text.replace(/^((in|out)\s+)+/, '')
    })
    return written.length === 0 ? '' : `<${written.join(', ')}>`
  }

  #calls(ways: readonly Way[], form: Form, context: Context, name = ''): string {
    return ways
      .map(({ node, doc }) => {
        const result = node.type === undefined ? 'any' : this.#results.of(node.type, form, context)
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

  /** A callback is passed as the function itself, and a remote object as its stub. */
  #argument(node: ts.TypeNode, context: Context): string {
    const ts = this.#ts
    const isCallback =
      ts.isTypeReferenceNode(node) &&
      node.typeName.getText() === 'Callback' &&
      node.typeArguments?.length === 1
    if (!isCallback && !this.#types.namesOtherClass(node)) return this.#types.text(node, context)
    const isRest = ts.isParameter(node.parent) && node.parent.dotDotDotToken !== undefined
    // The stub of a list is not a list, and so can't be the rest parameter.
    const wrapped = isRest && ts.isArrayTypeNode(node) ? node.elementType : isRest ? undefined : node
    if (wrapped === undefined) return this.#types.text(node, context)
    return `${this.#types.pool('RemoteArgument')}<${this.#types.text(wrapped, context)}>${isRest ? '[]' : ''}`
  }

  /** Fields without a pattern are shown unchanged; the local names inside the function do not matter. */
  #pattern(name: ts.BindingPattern, index: number): string {
    const ts = this.#ts
    const isPlain =
      ts.isObjectBindingPattern(name) &&
      name.elements.every(one => one.propertyName === undefined && ts.isIdentifier(one.name))
    if (!isPlain) return `argument${index + 1}`
    return `{ ${name.elements.map(one => `${one.dotDotDotToken === undefined ? '' : '...'}${one.name.getText()}`).join(', ')} }`
  }
}
