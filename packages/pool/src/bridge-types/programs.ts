import { basename, dirname, join } from 'node:path'
import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import { formatted, type Project } from './project.js'
import { Refusal } from './refusal.js'

/** A project as it is written, and as its users will see it: with declarations instead of its sources. */
export interface Programs {
  readonly written: ts.Program
  readonly published: ts.Program
  /** The declarations of the module of tasks. */
  readonly declarations: ts.SourceFile
  /** Whether TypeScript compiles the output to CommonJS in its place. */
  readonly isCommonJs: boolean
  /** The source that these declarations come from. */
  sourceOf(declarations: string): string
  /** TypeScript's diagnostics for the output. */
  check(output: string, text: string): readonly ts.Diagnostic[]
}

const EXTENSION = /\.([cm]?)tsx?$/

/** Compiles the module of tasks. Parsed files are used again if they have not changed. */
export function compile(
  ts: TypeScript,
  project: Project,
  input: string,
  output: string,
  parsed: Map<string, ts.SourceFile>
): Programs {
  const virtual = new Map<string, string>()
  const hidden = new Set<string>()
  const host = hostOver(ts, project.options, virtual, hidden, parsed)
  // The output may exist already; its current content does not matter here.
  const roots = [input, ...project.ambient.filter(name => name !== output)]
  const written = ts.createProgram({ rootNames: roots, options: project.options, host })
  refuseErrors(ts, written, input)

  const sources = new Map<string, string>()
  for (const file of written.getSourceFiles()) {
    if (file.isDeclarationFile || written.isSourceFileFromExternalLibrary(file)) continue
    if (!EXTENSION.test(file.fileName)) continue
    const text = declarationsOf(written, file)
    if (text === undefined) continue
    const name = file.fileName.replace(EXTENSION, '.d.$1ts')
    sources.set(name, file.fileName)
    virtual.set(name, text)
  }
  // Only now: the declarations of one file are made from the sources of the others.
  for (const source of sources.values()) hidden.add(source)

  const declared = canonical(ts, written, input).replace(EXTENSION, '.d.$1ts')
  const probe = join(dirname(output), `.bridge-types-probe-${basename(output)}`)
  virtual.set(probe, 'export const probe = import.meta.url\n')
  const published = ts.createProgram({
    rootNames: [declared, probe, ...project.ambient],
    options: project.options,
    host
  })
  const probed = published.getSemanticDiagnostics(published.getSourceFile(probe))
  return {
    written,
    published,
    declarations: published.getSourceFile(declared) as ts.SourceFile,
    isCommonJs: probed.some(({ code }) => code === 1343 || code === 1470),
    sourceOf: name => sources.get(name) ?? name,
    check(name, text) {
      hidden.clear()
      virtual.clear()
      virtual.set(name, text)
      const all = ts.createProgram({
        rootNames: [...roots, name],
        options: project.options,
        host,
        oldProgram: written
      })
      const file = all.getSourceFile(name)
      return [
        ...all.getSyntacticDiagnostics(file),
        ...all.getSemanticDiagnostics(file),
        ...all.getDeclarationDiagnostics(file)
      ]
    }
  }
}

function canonical(ts: TypeScript, program: ts.Program, input: string): string {
  const file = program.getSourceFile(input)
  if (file === undefined) throw new Refusal(`${input} can't be read by TypeScript ${ts.version}`)
  return file.fileName
}

function refuseErrors(ts: TypeScript, program: ts.Program, input: string): void {
  const file = program.getSourceFile(input)
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...program.getSemanticDiagnostics(file)
  ]
  const problems = found.length > 0 ? found : program.getDeclarationDiagnostics(file)
  const errors = problems.filter(({ category }) => category === ts.DiagnosticCategory.Error)
  if (errors.length > 0) throw new Refusal(formatted(ts, errors))
}

/** The declarations of a file; `undefined` if they can't be made, for a file that the output may not need at all. */
function declarationsOf(program: ts.Program, file: ts.SourceFile): string | undefined {
  let text: string | undefined
  const write = (name: string, written: string): void => {
    if (/\.d\.[cm]?ts$/.test(name)) text = written
  }
  const { diagnostics } = program.emit(file, write, undefined, true)
  return diagnostics.length === 0 ? text : undefined
}

function hostOver(
  ts: TypeScript,
  options: ts.CompilerOptions,
  virtual: ReadonlyMap<string, string>,
  hidden: ReadonlySet<string>,
  parsed: Map<string, ts.SourceFile>
): ts.CompilerHost {
  const host = ts.createCompilerHost(options, true)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = name => virtual.has(name) || (!hidden.has(name) && fileExists(name))
  host.readFile = name => virtual.get(name) ?? (hidden.has(name) ? undefined : readFile(name))
  host.getSourceFile = (name, how, ...others) => {
    const text = virtual.get(name)
    if (text !== undefined) return ts.createSourceFile(name, text, how, true)
    if (hidden.has(name)) return undefined
    const known = parsed.get(name)
    if (known !== undefined) return known
    const file = getSourceFile(name, how, ...others)
    if (file !== undefined) parsed.set(name, file)
    return file
  }
  return host
}
