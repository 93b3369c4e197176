/** An included section: a line `<!-- include packages/pool/README.md#stopping as "Stopping a task" -->`. */
export interface Include {
  readonly kind: 'include'
  readonly file: string
  /** The anchor of a section; `top` for the text above the first section; the whole file if undefined. */
  readonly anchor: string | undefined
  /** The heading that replaces its own. */
  readonly as: string | undefined
  /** Its subsections that are included on other pages. */
  readonly except: readonly string[]
  /** Left out if the file does not exist. */
  readonly isOptional: boolean
}

/** The code of files: a line `<!-- code examples/04-progress/tasks.js examples/04-progress/main.js -->`. */
export interface Code {
  readonly kind: 'code'
  readonly files: readonly string[]
}

/** An example, its README with the code of the files that it names: a line `<!-- example 04-progress -->`. */
export interface Example {
  readonly kind: 'example'
  readonly name: string
}

/** The tables of the benchmark's report: a line `<!-- benchmark apps/bench/results/first.json -->`. */
export interface Benchmark {
  readonly kind: 'benchmark'
  readonly file: string
}

export type Directive = Include | Code | Example | Benchmark

/**
 * Parses a line as a directive.
 *
 * @throws when it looks like a directive and is not.
 */
export function directiveOf(line: string): Directive | undefined {
  const [, kind, rest = ''] = /^<!-- (include|code|example|benchmark) (.*?) -->$/.exec(line) ?? []
  if (kind === undefined) return undefined
  if (kind === 'code') return { kind, files: rest.split(' ') }
  if (kind === 'example') return { kind, name: rest }
  if (kind === 'benchmark') return { kind, file: rest }
  const pattern =
    /^(?<file>[^\s#]+)(?:#(?<anchor>\S+))?(?: as "(?<as>[^"]+)")?(?: except (?<except>[\w-]+(?:,[\w-]+)*))?(?<optional> optional)?$/
  const { groups } = pattern.exec(rest) ?? {}
  if (groups?.file === undefined) throw new Error(`this is not a directive: ${line}`)
  return {
    kind: 'include',
    file: groups.file,
    anchor: groups.anchor,
    as: groups.as,
    except: groups.except?.split(',') ?? [],
    isOptional: groups.optional !== undefined
  }
}
