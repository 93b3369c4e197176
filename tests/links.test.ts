import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readManifest, workspacesIn } from './workspace.js'

const root = new URL('../', import.meta.url)

const pages = [
  'README.md',
  'examples/README.md',
  ...namesIn('docs/').map(name => `docs/${name}`),
  ...['apps/', 'packages/', 'examples/'].flatMap(folder =>
    namesIn(folder).map(name => `${folder}${name}/README.md`)
  )
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

/** Where the repository's files are read on the web. */
const files = `${readManifest('.').repository?.url.replace(/^git\+|\.git$/g, '')}/blob/main/`

function linksOf(page: URL): string[] {
  return [...proseOf(page).matchAll(/\]\((?<link>[^)\s]+)\)/g)].map(([, link = '']) => link)
}

/** The links of a page whose targets do not exist. */
function brokenLinks(page: URL): string[] {
  return linksOf(page)
    .filter(link => link.startsWith(files) || !/^\w+:/.test(link))
    .filter(link => {
      const target = link.startsWith(files) ? new URL(link.slice(files.length), root) : new URL(link, page)
      const anchor = decodeURIComponent(target.hash.slice(1))
      target.hash = ''
      if (!existsSync(target)) return true
      return anchor !== '' && !anchorsOf(target).includes(anchor)
    })
}

test.each(pages)('the links of %s lead somewhere', page => {
  expect(brokenLinks(new URL(page, root))).toEqual([])
})

test.each(workspacesIn('packages').map(({ folder }) => `${folder}/README.md`))(
  '%s, which is published, links to no file beside it',
  page => {
    const relative = linksOf(new URL(page, root)).filter(link => !/^(\w+:|#)/.test(link))
    expect(relative).toEqual([])
  }
)
