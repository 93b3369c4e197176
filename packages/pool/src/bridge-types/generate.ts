import type ts from 'typescript'
import { Classes } from './classes.js'
import { type Export, exportsOf } from './exports.js'
import { Functions } from './functions.js'
import { Imports } from './imports.js'
import { isKeptByName } from './kept-classes.js'
import type { TypeScript } from './load-typescript.js'
import { Members } from './members.js'
import { isOfProject } from './module-of.js'
import { canBeDeclared, isIdentifier, Names } from './names.js'
import { Places } from './places.js'
import type { Programs } from './programs.js'
import { Refusal } from './refusal.js'
import { refusalOfName } from './refused-exports.js'
import { type Form, Results } from './results.js'
import { docOf } from './source-text.js'
import { Specifiers } from './specifiers.js'
import { Types } from './types.js'
import { Values } from './values.js'
import { Ways } from './ways.js'

/** The generated text, and its sources. */
export interface Generation {
  readonly input: string
  readonly output: string
  readonly form: Form
}

export interface Generated {
  readonly statements: readonly string[]
  /** Reports what is not available remotely, and is left out. */
  readonly notes: readonly string[]
}

type Of<K extends Export['kind']> = Extract<Export, { kind: K }>

/** Writes the module that is to be published. */
export function generate(ts: TypeScript, programs: Programs, { input, output, form }: Generation): Generated {
  const { published, declarations } = programs
  const checker = published.getTypeChecker()
  const places = new Places(ts, programs.written, input)
  const specifiers = new Specifiers(output)
  const tasks = specifiers.of(input)
  const names = new Names()
  const imports = new Imports(names)
  const notes: string[] = []
  const isOurs = (file: ts.SourceFile): boolean => isOfProject(published, file)

  const all = exportsOf(ts, published, declarations)
  const of = <K extends Export['kind']>(kind: K): Of<K>[] =>
    all.filter((one): one is Of<K> => one.kind === kind)
  const callables = [...of('function'), ...of('class')]
  const values = new Values(ts, programs, specifiers, imports, callables)
  const refused = [
    ...of('value')
      .flatMap(one => values.refusalOf(one) ?? [])
      .map(([name, why]) => `${places.of(name)}: ${why}`),
    ...callables
      .flatMap(({ name }) => refusalOfName(name) ?? [])
      .map(([name, why]) => `${places.of(name)}: ${why}`)
  ]
  if (refused.length > 0) throw new Refusal(refused.join('\n'))
  if (callables.length === 0) {
    throw new Refusal(
      `${places.of('')}: exports no function and no class, so there is nothing to call elsewhere`
    )
  }

  // Exports get their names before anything else that the output names.
  const declared = [...callables, ...of('literal')]
  names.reserve(declared.map(({ name }) => name).filter(canBeDeclared))
  const locals = new Map<ts.Symbol, string>()
  for (const { name, symbol } of declared)
    if (canBeDeclared(name) && !locals.has(symbol)) locals.set(symbol, name)
  for (const { name, symbol } of declared) {
    if (!locals.has(symbol)) locals.set(symbol, names.take(name === 'default' ? symbol.name : name))
  }
  const classes = new Set(of('class').map(({ symbol }) => symbol))
  const passedOn = of('value').map(one => values.write(one))
  const types = new Types(
    {
      ts,
      checker,
      names,
      imports,
      specifiers,
      tasks,
      known: new Map([...values.locals, ...[...locals].filter(([symbol]) => classes.has(symbol))]),
      classes,
      exported: new Map([...all].reverse().map(({ symbol, name }) => [symbol, name])),
      sourceOf: programs.sourceOf,
      isOfProject: isOurs
    },
    published.getSourceFiles().filter(isOurs)
  )
  const results = new Results(ts, published, types, symbol => classes.has(symbol))
  const functions = new Functions(ts, types, results, form)
  const ways = new Ways(ts, checker)
  const writer = new Classes({
    ts,
    form,
    types,
    results,
    functions,
    ways,
    members: new Members(ts, checker, types, isOurs),
    isCallable: type => checker.getTypeFromTypeNode(type).getCallSignatures().length > 0,
    isIterable: Class =>
      checker
        .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(Class))
        .some(({ escapedName }) => /^__@(asyncI|i)terator@/.test(String(escapedName))),
    leaveOut: (Class, member, why) => {
      const { name } = all.find(({ symbol }) => symbol === Class) as Export
      notes.push(`${places.ofMember(name, member)}: ${name} is written without \`${member}\`: ${why}`)
    }
  })

  const loop = imports.add('@bridge/pool', 'loop', 'loop', false)
  const remote = names.take('tasks')
  const typeExports = writeTypes()
  const written = new Map<ts.Symbol, string>()
  const body = declared.sort((a, b) => all.indexOf(a) - all.indexOf(b)).map(write)
  const kept = of('class').filter(({ symbol }) => isKeptByName(ts, checker, symbol))
  const keep = kept.length === 0 ? '' : `, { keep: ${JSON.stringify(kept.map(({ name }) => name))} }`
  const how = `${loop}.${form === 'calls' ? 'import' : 'importSync'}(${place()}${keep})`
  const shape = [...new Set(callables.map(({ name }) => `readonly ${key(name)}: never;`))].join(' ')
  const statements = [
    ...typeExports,
    ...passedOn,
    ...values.registration(),
    `const ${remote} = ${how} as unknown as { ${shape} };`,
    ...types.copies(),
    ...body
  ]
  return { statements: [...imports.text(), ...statements], notes }

  function write(one: (typeof declared)[number]): string {
    const { name, symbol } = one
    const local = locals.get(symbol) as string
    const isSecond = written.has(symbol)
    written.set(symbol, local)
    const exported = name === local ? 'export ' : ''
    const alias = name === local ? '' : `\n${exportAs(local, name)}`
    if (isSecond) return alias
    noteNamespace(one)
    const value = `${remote}${isIdentifier(name) ? `.${name}` : `[${JSON.stringify(name)}]`}`
    if (one.kind === 'literal')
      return `${docOf(ts, variableOf(symbol))}${exported}const ${local}${one.text};${alias}`
    if (one.kind === 'class') {
      const { instance, itself } = writer.write(symbol, one.declaration, local)
      const doc = docOf(ts, one.declaration)
      return `${doc}${exported}${instance}\n${doc}${exported}const ${local}: ${itself} = ${value};${alias}`
    }
    const found = ways.ofSymbol(symbol)
    const type = found === undefined ? functions.unknown(typeOf(symbol)) : functions.type(found, {})
    const doc = found?.[0]?.doc ?? docOf(ts, variableOf(symbol))
    return `${doc}${exported}const ${local}: ${type} = ${value};${alias}`
  }

  /** The types that a module exports: types that name one of its classes are rewritten, all others are re-exported. */
  function writeTypes(): string[] {
    const kept = of('type').filter(({ symbol }) => !types.namesClass(symbol))
    const list = kept
      .map(({ name }) => key(name))
      .sort()
      .join(', ')
    const rewritten = of('type').filter(({ symbol }) => types.namesClass(symbol))
    // A type may have the name of a function.
    const beside = declared.filter(
      ({ kind, symbol }) => kind !== 'class' && (symbol.flags & ts.SymbolFlags.Type) !== 0
    )
    const chosen = new Map<ts.Symbol, string>()
    names.reserve(rewritten.map(({ name }) => name).filter(canBeDeclared))
    for (const { name, symbol } of rewritten) {
      if (!chosen.has(symbol)) chosen.set(symbol, canBeDeclared(name) ? name : names.take(symbol.name))
    }
    for (const { symbol } of beside) chosen.set(symbol, locals.get(symbol) as string)
    for (const [symbol, name] of chosen) types.claim(symbol, name)
    for (const [symbol, name] of chosen) types.copy(symbol, name, true)
    const others = rewritten.filter(({ name, symbol }) => chosen.get(symbol) !== name)
    return [
      // Augmentations of other modules' types are visible to everything that imports the module.
      ...(kept.length > 0 || declarations.statements.some(isAugmentation)
        ? [`export type { ${list} } from ${JSON.stringify(tasks)};`]
        : []),
      ...others.map(({ name, symbol }) => `export type { ${chosen.get(symbol)} as ${key(name)} };`)
    ]
  }

  function place(): string {
    if (programs.isCommonJs) return `\`\${__dirname}/${tasks.replace(/^\.\//, '')}\``
    return `new ${names.isTaken('URL') ? 'globalThis.' : ''}URL(${JSON.stringify(tasks)}, import.meta.url)`
  }

  function typeOf(symbol: ts.Symbol): string {
    const { type } = variableOf(symbol)
    return type === undefined ? `typeof ${types.original(symbol)}` : types.text(type)
  }

  function variableOf(symbol: ts.Symbol): ts.VariableDeclaration {
    return symbol.declarations?.find(ts.isVariableDeclaration) as ts.VariableDeclaration
  }

  function noteNamespace({ name, symbol }: Export): void {
    const isInterface = classes.has(symbol) && symbol.declarations?.some(ts.isInterfaceDeclaration)
    const found = symbol.declarations?.some(ts.isModuleDeclaration)
      ? 'the properties and the namespace of that name'
      : isInterface
        ? 'the members of the interface of that name'
        : undefined
    if (found === undefined) return
    notes.push(
      `${places.of(name)}: ${name} is written without ${found}: only what can be called is available remotely`
    )
  }

  function isAugmentation(statement: ts.Statement): boolean {
    if (!ts.isModuleDeclaration(statement)) return false
    return ts.isStringLiteral(statement.name) || (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0
  }
}

const key = (name: string): string => (isIdentifier(name) ? name : JSON.stringify(name))

function exportAs(local: string, name: string): string {
  return name === 'default' ? `export default ${local};` : `export { ${local} as ${key(name)} };`
}
