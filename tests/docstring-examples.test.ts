import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { root, sourcesOf, workspacesIn } from './workspace.js'

/*
 * The examples in docstrings, which editors and the documentation site show, use the API as it is: each is compiled against
 * the built packages. A name that an example takes for granted, such as `pool`, is imported where a package exports it, and
 * is of any type where none does.
 */

interface Example {
  /** Where it stands: the source, and which of its examples it is. */
  readonly place: string
  readonly package: string
  /** A file that is not there, in a package that has all of ours among its dependencies. */
  readonly file: string
  readonly code: string
}

/** A member of a class, below its decorators: `start(task: Task): Run {`, `readonly #running = …`. */
const MEMBER = /^(?:@.*\n)*(?:readonly |async )?(?!if|for|while|switch|function)[#*]?\w+(?:\(.*\{\n| = new )/

const packages = workspacesIn('packages')

const examples: readonly Example[] = packages.flatMap(({ folder, manifest }) =>
  sourcesOf({ folder, manifest }).flatMap(source =>
    [
      ...readFileSync(join(root, source), 'utf8').matchAll(/@example\s*\n\s*\* ```ts\n([\s\S]*?)\n\s*\* ```/g)
    ].map(
      ([, lines = ''], n): Example => ({
        place: `${source}, example ${n + 1}`,
        package: manifest.name,
        file: join(root, 'apps/demo/src', `${source.replaceAll('/', '_')}_${n}.ts`),
        code: wrapped(
          lines
            .replace(/^\s*\* ?/gm, '')
            .replace(/\{ … \}/g, '{ throw 0 }')
            .replaceAll('…', '0 as any')
        )
      })
    )
  )
)

/** An example that is a part of a class, or of a function, inside of one; what it leaves open is closed. */
function wrapped(code: string): string {
  const open = Math.max(0, code.split('{').length - code.split('}').length)
  const closed = `${code}${'}'.repeat(open)}`
  if (MEMBER.test(code)) return `class Example extends (Object as any) {\n${closed}\n}`
  const isStatements = !/^(?:import|export|class|function|@) ?/m.test(code)
  if (isStatements && /\breturn\b|\bthis\b/.test(code))
    return `async function example(this: any) {\n${closed}\n}`
  return closed
}

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.esnext.d.ts'],
  types: ['node'],
  strict: true,
  noImplicitAny: false,
  noEmit: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  typeRoots: [join(root, 'node_modules/@types')]
}

/** What is wrong with files that are given as texts. */
function diagnose(files: ReadonlyMap<string, string>): readonly ts.Diagnostic[] {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = file => files.has(file) || fileExists(file)
  host.readFile = file => files.get(file) ?? readFile(file)
  host.getSourceFile = (file, target, ...rest) => {
    const text = files.get(file)
    return text === undefined ? getSourceFile(file, target, ...rest) : ts.createSourceFile(file, text, target)
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].flatMap(file => {
    const source = program.getSourceFile(file)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  })
}

/** The entry point that exports a name; one of the example's own package before the others. */
function exporterOf(name: string, ownPackage: string): string | undefined {
  const entries = [...exported.keys()].filter(entry => exported.get(entry)?.includes(name) === true)
  const own = entries.find(entry => entry === ownPackage || entry.startsWith(`${ownPackage}/`))
  return own ?? entries.find(entry => /^@bridge\/(core|pool)$/.test(entry))
}

/** What each entry point exports, types included. */
const exported: ReadonlyMap<string, readonly string[]> = (() => {
  const entries = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter(entry => entry !== './package.json')
      .map(entry => manifest.name + entry.slice(1))
      .sort((one, other) => Number(one.endsWith('/internal')) - Number(other.endsWith('/internal')))
  )
  const probes = new Map(
    entries.map((entry, n) => [
      join(root, 'apps/demo/src', `probe-${n}.ts`),
      `import * as it from '${entry}'\nit`
    ])
  )
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = file => probes.has(file) || fileExists(file)
  host.getSourceFile = (file, target, ...rest) =>
    probes.has(file)
      ? ts.createSourceFile(file, probes.get(file) as string, target)
      : getSourceFile(file, target, ...rest)
  const program = ts.createProgram([...probes.keys()], options, host)
  const checker = program.getTypeChecker()
  return new Map(
    [...probes.keys()].map((file, n) => {
      const declaration = program.getSourceFile(file)?.statements[0] as ts.ImportDeclaration
      const symbol = checker.getSymbolAtLocation(declaration.moduleSpecifier)
      const names = symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(({ name }) => name)
      return [entries[n] as string, names]
    })
  )
})()

const NO_SUCH_NAME = [2304, 2552, 2503, 18004]

/** What follows from what is left out: a module, the types of names, the rest of a class. */
const LEFT_OUT = [2307, 2347, 2355, 2564, 18046]
const LEFT_OUT_IN_WORDS =
  /'never'|type 'unknown'|'#\w+'|'Example'|'Pick<object|type 'ChannelListener'|on type 'object'|'AnyCall'/

/** The example, with what it takes for granted before it. */
function completed(example: Example, missing: ReadonlySet<string>): string {
  const before = [...missing].map(name => {
    const entry = exporterOf(name, example.package)
    if (entry !== undefined) return `import { ${name} } from '${entry}'`
    return /^[A-Z]/.test(name)
      ? `declare const ${name}: any; type ${name} = any`
      : `declare const ${name}: any`
  })
  return `${before.join('; ')}; export {};\n${example.code}`
}

test('the examples in docstrings compile against what is built', () => {
  expect(examples.length).toBeGreaterThan(150)
  const plain = new Map(examples.map(example => [example.file, completed(example, new Set())]))
  const missing = new Map<string, Set<string>>()
  for (const { code, file, messageText } of diagnose(plain)) {
    if (!NO_SUCH_NAME.includes(code) || file === undefined) continue
    const [, name = ''] = /'(\w+)'/.exec(ts.flattenDiagnosticMessageText(messageText, '\n')) ?? []
    const names = missing.get(file.fileName) ?? new Set()
    missing.set(file.fileName, names.add(name))
  }
  const complete = new Map(
    examples.map(example => [example.file, completed(example, missing.get(example.file) ?? new Set())])
  )
  const placeOf = new Map(examples.map(({ file, place }) => [file, place]))
  const wrong = diagnose(complete)
    .filter(({ code, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, '\n')
      return !LEFT_OUT.includes(code) && !LEFT_OUT_IN_WORDS.test(text)
    })
    .map(({ file, start = 0, messageText }) => {
      const line = file?.text.slice(0, start).split('\n').length ?? 0
      return `${placeOf.get(file?.fileName ?? '')}: ${ts.flattenDiagnosticMessageText(messageText, '\n')} | ${file?.text.split('\n')[line - 1]?.trim()}`
    })
  expect(wrong).toEqual([])
})
