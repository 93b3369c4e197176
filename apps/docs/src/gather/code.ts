import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { folders } from '../folders.js'

const LANGUAGES: Record<string, string> = {
  '.mjs': 'js',
  '.cjs': 'js',
  '.js': 'js',
  '.ts': 'ts',
  '.json': 'json'
}

/** Files as code blocks; several files as one block with tabs. */
export function codeOf(files: readonly string[]): string {
  const blocks = files.map(file => {
    const language = LANGUAGES[extname(file)] ?? 'text'
    return `\`\`\`\`${language} [${basename(file)}]\n${readFileSync(join(folders.repository, file), 'utf8').trimEnd()}\n\`\`\`\``
  })
  return `::: code-group\n${blocks.join('\n')}\n:::`
}

/** Adds the code of a file after each paragraph that begins with a link to it; the remaining files come last. */
export function withCode(readme: string, folder: string): string {
  const left = new Set(filesOf(folder))
  const lines = readme.split('\n').flatMap(line => {
    const [, name, rest = ''] = /^\[([\w./-]+)\]\(\1\)(.*)$/.exec(line) ?? []
    if (name === undefined) return [line]
    left.delete(name)
    return [`\`${name}\`${rest}`, '', codeOf([`${folder}/${name}`])]
  })
  const others = [...left].map(name => `${folder}/${name}`)
  const names = [...left].map(name => `\`${name}\``).join(', ')
  return [...lines, '', `:::: details ${names}`, codeOf(others), '::::'].join('\n')
}

/** The files of an example, `package.json` before the others, without its README and generated files. */
function filesOf(folder: string): string[] {
  const names = readdirSync(join(folders.repository, folder), { recursive: true, encoding: 'utf8' })
  const isMade = (name: string) => /^(node_modules|dist|package-lock\.json|README\.md)/.test(name)
  const files = names.filter(name => extname(name) !== '' && !isMade(name)).sort()
  return ['package.json', ...files.filter(name => name !== 'package.json')]
}
