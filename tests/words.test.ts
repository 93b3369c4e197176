import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findWords } from './find-words.js'
import { folders, identifiers, phrases, type RetiredWord } from './retired-words.js'
import { root } from './workspace.js'

/** Built or recorded files. Folders whose names begin with a dot are skipped, too: other tests write such ones meanwhile. */
const SKIPPED = ['node_modules', 'dist', 'results', 'coverage']
const OWN = 'tests/retired-words.ts'

/** The texts at `path`, a file or a folder, relative to the root. */
function filesAt(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap(entry => {
    if (entry.isDirectory()) {
      const isSkipped = entry.name.startsWith('.') || SKIPPED.includes(entry.name)
      return isSkipped ? [] : filesAt(`${path}/${entry.name}`)
    }
    const isText = /\.(?:[cm]?[jt]sx?|md|vue|html)$/.test(entry.name) && entry.name !== 'CHANGELOG.md'
    return isText ? [`${path}/${entry.name}`] : []
  })
}

function allowedIn(file: string): (word: RetiredWord) => boolean {
  return ({ except }) => except === undefined || !file.startsWith(`${except}/`)
}

describe('the retired words', () => {
  it.each(folders)('are not used in %s', folder => {
    const found = filesAt(folder)
      .filter(file => file !== OWN)
      .flatMap(file => {
        const text = readFileSync(join(root, file), 'utf8')
        const allowed = allowedIn(file)
        const all = [
          ...findWords(text, phrases.filter(allowed), 'i'),
          ...findWords(text, identifiers.filter(allowed))
        ]
        return all.map(place => `${file}:${place}`)
      })
    expect(found).toEqual([])
  })

  it('are found where a comment breaks a phrase', () => {
    const text = 'const a = 1\n/**\n * An old\n * phrase of two\n// old\n// words\n */'
    const words = [
      { pattern: 'old phrase', use: 'new' },
      { pattern: 'old words', use: 'newer' }
    ]
    expect(findWords(text, words)).toEqual(['3: "old * phrase" → new', '5: "old // words" → newer'])
  })

  it('are found as whole words only', () => {
    expect(findWords('planet, plan-wise, plan', [{ pattern: 'plan', use: 'design' }])).toHaveLength(2)
  })
})
