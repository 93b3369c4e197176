import type ts from 'typescript'
import type { Export } from './exports.js'
import type { Imports } from './imports.js'
import type { TypeScript } from './load-typescript.js'
import { isOfProject, type Origin, originOf } from './module-of.js'
import { isIdentifier } from './names.js'
import type { Programs } from './programs.js'
import { refusalOfValue, sharedModule } from './refused-exports.js'
import type { Specifiers } from './specifiers.js'

type Value = Extract<Export, { kind: 'value' }>

/**
 * Values that the module of tasks re-exports from modules that can be loaded on the thread of its users. Its own values
 * would need the module of tasks there, whose loading may cost what threads are for, or repeat a side effect.
 */
export class Values {
  /** The local names of imported values. */
  readonly locals = new Map<ts.Symbol, string>()
  readonly #ts: TypeScript
  readonly #programs: Programs
  readonly #specifiers: Specifiers
  readonly #imports: Imports
  readonly #callables: readonly Export[]
  readonly #errors: string[] = []

  constructor(
    ts: TypeScript,
    programs: Programs,
    specifiers: Specifiers,
    imports: Imports,
    callables: readonly Export[]
  ) {
    this.#ts = ts
    this.#programs = programs
    this.#specifiers = specifiers
    this.#imports = imports
    this.#callables = callables
  }

  /** The name of a value that can't be re-exported, and why. */
  refusalOf(value: Value): readonly [readonly [string, string]] | undefined {
    const { name, what } = value
    const origin = this.#originOf(value)
    const { fileName } = this.#programs.declarations
    const input = this.#programs.sourceOf(fileName)
    if (origin === undefined || what === 'namespace' || what === 'export =') {
      return [[name, refusalOfValue(what, name, input)]]
    }
    const beside = this.#callables.find(
      ({ symbol }) => symbol.declarations?.[0]?.getSourceFile() === origin.file
    )
    if (beside === undefined) return undefined
    return [
      [
        name,
        sharedModule(
          name,
          this.#programs.sourceOf(origin.file.fileName),
          beside.name,
          isOfProject(this.#programs.published, origin.file)
        )
      ]
    ]
  }

  /** The statement that re-exports a value. */
  write(value: Value): string {
    const { name, symbol, what } = value
    const origin = this.#originOf(value) as Origin
    const exported = isIdentifier(name) ? name : JSON.stringify(name)
    if (what !== 'error class') {
      const same = origin.name === name ? exported : `${origin.name} as ${exported}`
      return `export { ${same} } from ${JSON.stringify(origin.specifier)};`
    }
    const isNew = !this.locals.has(symbol)
    const wanted = origin.name === 'default' ? symbol.name : origin.name
    const local = this.#imports.add(origin.specifier, origin.name, wanted, false)
    this.locals.set(symbol, local)
    // Errors are sent under the own name of their class.
    if (isNew)
      this.#errors.push(
        symbol.name === local || symbol.name === 'default' ? local : `${symbol.name}: ${local}`
      )
    return `export { ${local === name ? exported : `${local} as ${exported}`} };`
  }

  /** The code that makes errors arrive as instances of the re-exported classes. */
  registration(): string[] {
    if (this.#errors.length === 0) return []
    const register = this.#imports.add('@bridge/pool', 'registerErrors', 'registerErrors', false)
    return [`${register}({ ${this.#errors.join(', ')} });`]
  }

  #originOf(value: Value): Origin | undefined {
    return originOf(this.#ts, this.#programs, this.#specifiers, value)
  }
}
