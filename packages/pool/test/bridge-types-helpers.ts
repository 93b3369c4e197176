import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll } from 'vitest'
import { make, write } from '../src/bridge-types/output.js'
import { Refusal } from '../src/bridge-types/refusal.js'
import { readRequest } from '../src/bridge-types/request.js'
import { install, manifest } from './project.js'

const here = fileURLToPath(new URL('.', import.meta.url))

/** What TypeScript itself brings, which is the same for every project; parsed once for a file of tests. */
const libraries = new Map<string, ts.SourceFile>()

/** All that a user may ask for at once. */
export const STRICT: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  isolatedModules: true,
  isolatedDeclarations: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  declaration: true
}
const NODENEXT = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['esnext'],
  types: ['node'],
  skipLibCheck: true
}

/** Exact types, for files of users. */
export const SAME = `
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Compiles where the value is of exactly this type. */
const is = <A>() => <B>(_: B, ..._same: Same<A, B> extends true ? [] : ['differs', A, B]): void => {}
export const isConst = <A>() => <const B>(_: B, ..._same: Same<A, B> extends true ? [] : ['differs', A, B]): void => {}
`

export interface UserProject {
  readonly folder: string
  /** Writes files. */
  files(files: Record<string, string>): void
  /** Runs the command in this process; what it wrote, and what it told. */
  generate(...args: string[]): { text: string; notes: readonly string[] }
  /** What the command said that refused. */
  refusal(...args: string[]): string
  /** What TypeScript says of these files, and of what they import. */
  complaints(files: string[], options?: ts.CompilerOptions): string[]
}

/** A user's project, with our package. */
export function userProject(
  files: Record<string, string>,
  { type = 'module', options = {} }: { type?: 'module' | 'commonjs'; options?: object } = {}
): UserProject {
  const folder = mkdtempSync(join(here, '.scratch-types-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  manifest(folder, type)
  install(folder, '@bridge/pool')
  const put = (all: Record<string, string>): void => {
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  put({
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, ...NODENEXT, ...options } }),
    ...files
  })
  const generate = (...args: string[]): { text: string; notes: readonly string[] } => {
    const paths = args.map(one => (/\.(ts|mts|cts|json)$/.test(one) ? join(folder, one) : one))
    const request = readRequest(paths.length === 0 ? [join(folder, 'tasks.ts')] : paths)
    if (request === undefined) throw new Error('help was asked for')
    const parsed = new Map(libraries)
    try {
      const { text, notes } = make(ts, request, parsed)
      write(request, text)
      return { text, notes }
    } finally {
      for (const [name, file] of parsed)
        if (/\/node_modules\/(typescript|@types|undici-types)\//.test(name)) libraries.set(name, file)
    }
  }
  return {
    folder,
    files: put,
    generate,
    refusal(...args) {
      try {
        generate(...args)
      } catch (error) {
        if (error instanceof Refusal) return error.message.replaceAll(`${folder}/`, '')
        throw error
      }
      throw new Error('it was not refused')
    },
    complaints(names, more = {}) {
      const { options: read } = ts.convertCompilerOptionsFromJson({ ...NODENEXT, ...options }, folder)
      const all = { ...read, ...STRICT, ...more }
      const host = ts.createCompilerHost(all)
      const { getSourceFile } = host
      host.getSourceFile = (name, ...how) => libraries.get(name) ?? getSourceFile(name, ...how)
      const program = ts.createProgram({
        rootNames: names.map(name => join(folder, name)),
        options: { ...all, outDir: join(folder, 'out') },
        host
      })
      const own = program
        .getSourceFiles()
        .filter(({ fileName }) => !/node_modules|\/typescript\/|\/packages\/\w+\/dist\//.test(fileName))
      const found = [
        ...program.getOptionsDiagnostics(),
        ...own.flatMap(file => [
          ...program.getSyntacticDiagnostics(file),
          ...program.getSemanticDiagnostics(file),
          ...program.getDeclarationDiagnostics(file)
        ])
      ]
      // What only isolatedDeclarations asks is asked of the output: the user of this test may leave types to the compiler.
      const asked = found.filter(({ code, file }) => code < 9005 || code > 9039 || isGenerated(file?.text))
      return asked.map(({ file, start = 0, messageText }) => {
        const line = file?.text.slice(0, start).split('\n').length
        return `${file?.fileName.slice(folder.length + 1)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      })
    }
  }
}

const isGenerated = (text = ''): boolean => text.startsWith('// Generated by')

/** A file of a project, as text. */
export const textOf = ({ folder }: UserProject, name: string): string =>
  readFileSync(join(folder, name), 'utf8')

/** What an editor shows where a text stands in a file. */
export function languageService({ folder }: UserProject, file: string) {
  const options = { ...ts.convertCompilerOptionsFromJson(NODENEXT, folder).options, ...STRICT }
  const { sys } = ts
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [path],
    getScriptVersion: () => '1',
    getScriptSnapshot: name => {
      const found = sys.readFile(name)
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: given => ts.getDefaultLibFilePath(given),
    fileExists: sys.fileExists,
    readFile: sys.readFile,
    readDirectory: sys.readDirectory,
    directoryExists: sys.directoryExists,
    getDirectories: sys.getDirectories
  })
  const at = (before: string): number => {
    const found = text.indexOf(before)
    if (found < 0) throw new Error(`'${before}' does not stand in ${file}`)
    return found + before.length
  }
  return {
    documentation: (before: string): string =>
      ts.displayPartsToString(service.getQuickInfoAtPosition(path, at(before))?.documentation),
    tags: (before: string): string[] =>
      (service.getQuickInfoAtPosition(path, at(before))?.tags ?? []).map(
        ({ name, text: said }) => `${name} ${ts.displayPartsToString(said)}`
      ),
    help: (before: string): string[] =>
      (service.getSignatureHelpItems(path, at(before), {})?.items ?? []).map(({ documentation }) =>
        ts.displayPartsToString(documentation)
      )
  }
}
