import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { packagesNamedBy } from './imports.js'
import { root, sourcesOf, type Workspace, workspacesIn } from './workspace.js'

/** Which package may import which. A missing edge is a decision to be made, not a line to be added. */
const graph: Record<string, string[]> = {
  '@bridge/core': [],
  '@bridge/context': ['@bridge/core'],
  '@bridge/iter': ['@bridge/core'],
  '@bridge/pool': ['@bridge/core', '@bridge/iter'],
  '@bridge/cluster': ['@bridge/core', '@bridge/iter', '@bridge/pool'],
  '@bridge/nest': ['@bridge/core', '@bridge/context', '@bridge/pool']
}
const packages = workspacesIn('packages')
const apps = workspacesIn('apps')

/** A limit that no file should reach: what changes together is kept together. */
const longestFile = 400

const parsed = new Map<string, ts.SourceFile>()

function parse(file: string): ts.SourceFile {
  const known = parsed.get(file)
  if (known !== undefined) return known
  const text = readFileSync(join(root, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  parsed.set(file, source)
  return source
}

function use(workspace: Workspace): { imported: string[]; named: string[] } {
  const files = sourcesOf(workspace).map(file => packagesNamedBy(parse(file)))
  const own = (name: string) => name !== workspace.manifest.name
  const imported = [...new Set(files.flatMap(file => [...file.imported]))].filter(own)
  const resolved = files.flatMap(file => [...file.resolved]).filter(own)
  return { imported, named: [...new Set([...imported, ...resolved])] }
}

test('the graph knows every package', () => {
  expect(packages.map(({ manifest }) => manifest.name).sort()).toEqual(Object.keys(graph).sort())
})

describe.each([...packages, ...apps])('$manifest.name', workspace => {
  const { manifest } = workspace
  const peers = Object.keys(manifest.peerDependencies ?? {})
  const declared = [...Object.keys(manifest.dependencies ?? {}), ...peers]

  test('imports only the packages that the graph allows', () => {
    const allowed = graph[manifest.name] ?? Object.keys(graph)
    const inner = use(workspace).named.filter(name => name.startsWith('@bridge/'))
    expect(inner.filter(name => !allowed.includes(name))).toEqual([])
  })

  test('declares every package that it imports', () => {
    expect(use(workspace).imported.filter(name => !declared.includes(name))).toEqual([])
  })

  test('uses every package that it declares', () => {
    const { named } = use(workspace)
    expect(declared.filter(name => !named.includes(name))).toEqual([])
  })

  test('depends on exactly the version of core that it was built with if it imports its internals', () => {
    const isShared = sourcesOf(workspace).some(file =>
      readFileSync(join(root, file), 'utf8').includes("'@bridge/core/internal'")
    )
    if (!isShared) return
    expect(packages).toContain(workspace)
    expect(manifest.dependencies?.['@bridge/core']).toBe('workspace:*')
  })

  test('has an index that only re-exports', () => {
    const others = sourcesOf(workspace)
      .filter(file => file.endsWith('/index.ts'))
      .flatMap(file => parse(file).statements.filter(statement => !isReExport(statement)))
    expect(others.map(statement => statement.getText())).toEqual([])
  })

  test(`has no file longer than ${longestFile} lines`, () => {
    const lengths = sourcesOf(workspace).map(file => ({
      file,
      lines: readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
    }))
    expect(lengths.filter(({ lines }) => lines > longestFile)).toEqual([])
  })
})

function isReExport(statement: ts.Statement): boolean {
  return ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined
}
