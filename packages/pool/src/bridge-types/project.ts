import { dirname } from 'node:path'
import type ts from 'typescript'
import type { TypeScript } from './load-typescript.js'
import { Refusal } from './refusal.js'

/** The compiler's view of the project that a module of tasks belongs to. */
export interface Project {
  readonly options: ts.CompilerOptions
  /** The declarations that apply to the whole project, such as those of globals. */
  readonly ambient: readonly string[]
  /** The files of the configuration, to be watched. */
  readonly files: readonly string[]
}

/** Build options for the place of files, and options without which there are no declarations. */
const OURS: ts.CompilerOptions = {
  noEmit: false,
  declaration: true,
  emitDeclarationOnly: true,
  removeComments: false,
  skipLibCheck: true,
  composite: false,
  incremental: false,
  declarationMap: false,
  sourceMap: false,
  inlineSourceMap: false,
  noEmitOnError: false,
  // The requirement on the output is checked with the output; here the whole compiler infers missing types.
  isolatedDeclarations: false
}
const WITHOUT = ['outDir', 'declarationDir', 'rootDir', 'outFile', 'tsBuildInfoFile', 'mapRoot', 'sourceRoot']

/** Reads the named tsconfig, or the nearest one above the input; without one the input is compiled by itself. */
export function readProject(ts: TypeScript, input: string, named: string | undefined): Project {
  const path = named ?? ts.findConfigFile(dirname(input), ts.sys.fileExists)
  if (named !== undefined && !ts.sys.fileExists(named)) {
    throw new Refusal(`there is no ${named}: -p names the tsconfig.json of the project`, 2)
  }
  if (path === undefined) return standingByItself(ts)
  const problems: ts.Diagnostic[] = []
  const parsed = ts.getParsedCommandLineOfConfigFile(
    path,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: problem => problems.push(problem) }
  )
  // That no file is included does not matter: the input is.
  problems.push(...(parsed?.errors ?? []).filter(({ code }) => code !== 18003 && code !== 18002))
  if (parsed === undefined || problems.length > 0) throw new Refusal(formatted(ts, problems))
  const file = ts.readJsonConfigFile(path, ts.sys.readFile)
  return {
    options: ours(parsed.options),
    ambient: parsed.fileNames.filter(name => /\.d\.[cm]?ts$/.test(name)),
    files: [path, ...(file.extendedSourceFiles ?? [])]
  }
}

function standingByItself(ts: TypeScript): Project {
  const options = { strict: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023 }
  return { options: ours(options), ambient: [], files: [] }
}

function ours(options: ts.CompilerOptions): ts.CompilerOptions {
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !WITHOUT.includes(name)))
  return { ...kept, ...OURS }
}

/** As TypeScript itself shows it. */
export function formatted(ts: TypeScript, diagnostics: readonly ts.Diagnostic[]): string {
  const host: ts.FormatDiagnosticsHost = {
    getCanonicalFileName: name => name,
    getCurrentDirectory: ts.sys.getCurrentDirectory,
    getNewLine: () => '\n'
  }
  const isTerminal = process.stderr.isTTY === true && process.env.NO_COLOR === undefined
  const format = isTerminal ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics
  return format(ts.sortAndDeduplicateDiagnostics(diagnostics), host).trimEnd()
}
