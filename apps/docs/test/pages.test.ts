import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folders } from '../src/folders.js'
import { directiveOf } from '../src/gather/directives.js'

const pages = readdirSync(folders.pages, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.md'))
  .map(name => ({ name, text: readFileSync(join(folders.pages, name), 'utf8') }))

const repository = (path: string) => join(folders.repository, path)

const hasCode = (file: string) => /^```(js|ts)$/m.test(readFileSync(repository(file), 'utf8'))

/** Whether a test runs the code of a file: the blocks of READMEs and of docs, and the examples. */
function isTested(file: string): boolean {
  if (file.endsWith('.md') && !hasCode(file)) return true
  if (/^(examples\/\d\d-|docs\/[^/]+\.md$|README\.md$)/.test(file)) return true
  const [, home] = /^((?:packages|apps)\/[^/]+)\/README\.md$/.exec(file) ?? []
  // The example library's code is run by tests/projects.
  return existsSync(repository(`${home}/test/readme.test.ts`)) || home === 'apps/example-library'
}

describe('the pages', () => {
  test('have no own code except commands and settings', () => {
    const typed = pages.flatMap(({ name, text }) =>
      [...text.matchAll(/^ *(?:`{3,}|~{3,})(\w+)/gm)]
        .map(([, language = '']) => language)
        .filter(language => !['sh', 'json', 'jsonc', 'yaml', 'toml', 'text', 'sequence'].includes(language))
        .map(language => `${name}: ${language}`)
    )
    expect(typed).toEqual([])
  })

  test('include only what a test runs', () => {
    const included = pages.flatMap(({ text }) =>
      text.split('\n').flatMap(line => {
        const directive = directiveOf(line)
        if (directive === undefined) return []
        if (directive.kind === 'code') return directive.files
        if (directive.kind === 'example') return [`examples/${directive.name}/README.md`]
        if (directive.kind === 'benchmark') return []
        return directive.isOptional && !existsSync(repository(directive.file)) ? [] : [directive.file]
      })
    )
    expect(included.length).toBeGreaterThan(60)
    expect(included.filter(file => !isTested(file))).toEqual([])
  })
})

describe('the documentation of the API', () => {
  test('has every public package and entry point', () => {
    const listed: string[] = JSON.parse(readFileSync(folders.typedoc, 'utf8')).entryPoints
    const known = readdirSync(repository('packages')).filter(name =>
      existsSync(repository(`packages/${name}/src/index.ts`))
    )
    expect(listed.map(path => path.split('/').at(-1)).sort()).toEqual(known.sort())
    for (const name of known) {
      const read = (file: string) => JSON.parse(readFileSync(repository(`packages/${name}/${file}`), 'utf8'))
      const exported = Object.keys(read('package.json').exports).filter(
        entry => !['./package.json', './internal'].includes(entry)
      )
      const documented = (read('typedoc.json').entryPoints as string[]).map(file =>
        file.replace(/^src\/(?:(.*)\/)?index\.ts$/, (_, entry) => (entry === undefined ? '.' : `./${entry}`))
      )
      expect(documented).toEqual(exported)
    }
  })
})
