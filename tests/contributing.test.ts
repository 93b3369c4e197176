import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root, workspacesIn } from './workspace.js'

/*
 * CONTRIBUTING.md describes the repository as it is.
 */

const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')

/** What the first column of a section's tables names, as code, row by row. */
function namedIn(heading: string): string[] {
  const [, section = ''] = new RegExp(`^## ${heading}\n([\\s\\S]*?)(?=^## )`, 'm').exec(text) ?? []
  return [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  )
}

const foldersIn = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => name)

describe('CONTRIBUTING.md', () => {
  test('shows every package and application, and none that is not there', () => {
    const [, tree = ''] = /^## The repository\n+```\n([\s\S]*?)^```/m.exec(text) ?? []
    const shown = tree
      .split('\n')
      .map(line => line.split(/\s/)[0] ?? '')
      .filter(path => path !== '')
    const packages = workspacesIn('packages').map(({ folder }) => folder)
    const apps = workspacesIn('apps').map(({ folder }) => folder)
    expect(shown.filter(path => /^(packages|apps)\//.test(path)).sort()).toEqual(
      [...apps, ...packages].sort()
    )
    expect(shown.filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  test.each(workspacesIn('packages'))('says what each folder of $folder/src is for', ({ folder }) => {
    const named = namedIn('What a folder is for').filter(name =>
      name.startsWith(`${folder.slice('packages/'.length)}/`)
    )
    const there = foldersIn(`${folder}/src`).map(name => `${folder.slice('packages/'.length)}/${name}`)
    expect(named.sort()).toEqual(there.sort())
  })

  test('names commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const named = namedIn('Commands').map(command => command.split(' '))
    const unknown = named.filter(([program = '', script = '']) =>
      program === 'pnpm' ? scripts[script] === undefined : !existsSync(join(root, program))
    )
    expect(named.length).toBeGreaterThan(10)
    expect(unknown).toEqual([])
  })
})
