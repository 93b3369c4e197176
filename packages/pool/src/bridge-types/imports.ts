import type { Names } from './names.js'
import { isIdentifier } from './names.js'

interface Import {
  readonly local: string
  readonly isType: boolean
  /** The text before the module's name and after it: `{ Row as Row_1 }`, ` with { … }`. */
  readonly name: string
}

/** The imports of the output, without duplicates. */
export class Imports {
  readonly #names: Names
  readonly #byModule = new Map<string, Map<string, Import>>()

  constructor(names: Names) {
    this.#names = names
  }

  /** The local name of an export of a module; `*` is the namespace. */
  add(module: string, name: string, wanted: string, isType: boolean, attributes = ''): string {
    const key = `${module}\n${attributes}`
    const imports = this.#byModule.get(key) ?? new Map<string, Import>()
    this.#byModule.set(key, imports)
    const known = imports.get(`${name} ${isType}`)
    if (known !== undefined) return known.local
    const local = this.#names.take(wanted)
    imports.set(`${name} ${isType}`, { local, isType, name })
    return local
  }

  /** The declarations, in the order of the modules' names; those of the project itself last. */
  text(): string[] {
    return [...this.#byModule]
      .sort(([a], [b]) => Number(a.startsWith('.')) - Number(b.startsWith('.')) || (a < b ? -1 : 1))
      .flatMap(([key, imports]) => {
        const [module = '', attributes = ''] = key.split('\n')
        const from = `from ${JSON.stringify(module)}${attributes};`
        const all = [...imports.values()].sort((a, b) => (a.local < b.local ? -1 : 1))
        const spaces = all
          .filter(({ name }) => name === '*')
          .map(({ local }) => `import type * as ${local} ${from}`)
        const named = all.filter(({ name }) => name !== '*')
        if (named.length === 0) return spaces
        const isAllTypes = named.every(({ isType }) => isType)
        const list = named.map(one => `${one.isType && !isAllTypes ? 'type ' : ''}${binding(one)}`).join(', ')
        return [...spaces, `import ${isAllTypes ? 'type ' : ''}{ ${list} } ${from}`]
      })
  }
}

function binding({ name, local }: Import): string {
  if (name === local) return name
  return `${isIdentifier(name) ? name : JSON.stringify(name)} as ${local}`
}
