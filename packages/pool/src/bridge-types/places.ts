import { relative } from 'node:path'
import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'

/** The positions of exports in the sources, for messages. */
export class Places {
  readonly #ts: TypeScript
  readonly #input: string
  readonly #exports = new Map<string, ts.Symbol>()

  constructor(ts: TypeScript, program: ts.Program, input: string) {
    this.#ts = ts
    this.#input = input
    const checker = program.getTypeChecker()
    const file = program.getSourceFile(input)
    const module = file && checker.getSymbolAtLocation(file)
    for (const one of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const isAlias = (one.flags & ts.SymbolFlags.Alias) !== 0
      const target = isAlias ? checker.getAliasedSymbol(one) : one
      // A whole module, or an export of a package, has the position at which it gets its name.
      const isOwn = target.declarations?.some(
        node => !ts.isSourceFile(node) && !node.getSourceFile().isDeclarationFile
      )
      this.#exports.set(one.name, isOwn === true ? target : one)
    }
  }

  /** `src/tasks.ts:12` */
  of(name: string): string {
    return this.#place(this.#exports.get(name)?.declarations?.[0])
  }

  /** The same for a member of a class, or for the class if the member is inherited. */
  ofMember(name: string, member: string): string {
    const declaration = this.#exports.get(name)?.declarations?.find(this.#ts.isClassDeclaration)
    const bare = member.replace(/^static /, '')
    return this.#place(declaration?.members.find(one => one.name?.getText() === bare) ?? declaration)
  }

  #place(node: ts.Node | undefined): string {
    const file = node?.getSourceFile()
    if (node === undefined || file === undefined || file.isDeclarationFile) return shown(this.#input)
    const { line } = this.#ts.getLineAndCharacterOfPosition(file, node.getStart(file))
    return `${shown(file.fileName)}:${line + 1}`
  }
}

/** A path in its shorter form. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}
