import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../', import.meta.url)

const pages = [
  'README.md',
  ...namesIn('docs/').map(name => `docs/${name}`),
  ...['apps/', 'packages/'].flatMap(folder => namesIn(folder).map(name => `${folder}${name}/README.md`))
].filter(page => page.endsWith('.md') && existsSync(new URL(page, root)))

function namesIn(folder: string): string[] {
  return readdirSync(new URL(folder, root))
}

/** The text of a page without its blocks of code. */
function proseOf(page: URL): string {
  return readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '')
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: URL): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
  )
}

/** What links of a page name and is not there. */
function brokenLinks(page: URL): string[] {
  return [...proseOf(page).matchAll(/\]\((?<link>[^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter(link => !/^\w+:/.test(link))
    .filter(link => {
      const target = new URL(link, page)
      const anchor = decodeURIComponent(target.hash.slice(1))
      target.hash = ''
      if (!existsSync(target)) return true
      return anchor !== '' && !anchorsOf(target).includes(anchor)
    })
}

test.each(pages)('the links of %s lead somewhere', page => {
  expect(brokenLinks(new URL(page, root))).toEqual([])
})
