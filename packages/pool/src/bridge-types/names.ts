/**
 * The names at the top level of the output: each refers to one declaration, even if two modules have one of the same
 * name.
 */
export class Names {
  readonly #taken = new Set<string>()

  /** Claims a name, or a similar one if it is taken. */
  take(wanted: string): string {
    const base = isIdentifier(wanted) && !RESERVED.has(wanted) ? wanted : `${wanted.replace(/\W/g, '_')}_`
    let name = /^\d/.test(base) ? `_${base}` : base
    for (let n = 1; this.#taken.has(name); n++) name = `${base}_${n}`
    this.#taken.add(name)
    return name
  }

  isTaken(name: string): boolean {
    return this.#taken.has(name)
  }

  /** Keeps names from being claimed. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.#taken.add(name)
  }
}

export const isIdentifier = (name: string): boolean => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)

/** Names that an `export const` can't have. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public ' +
    'return static super switch this throw true try typeof undefined var void while with yield'
  ).split(' ')
)

/** The names of types that TypeScript does not allow to be declared. */
export const RESERVED_TYPES: ReadonlySet<string> = new Set(
  'any unknown never string number bigint boolean symbol object void undefined null'.split(' ')
)

/** Whether the name of an export can also be that of a declaration. */
export const canBeDeclared = (name: string): boolean => isIdentifier(name) && !RESERVED.has(name)
