import { sectionsOf } from '../markdown/markdown.js'
import { navigation } from '../site/navigation.js'
import { apiPages } from './api.js'

interface Item {
  readonly text: string
  readonly link?: string | undefined
  readonly items?: readonly Item[]
  readonly collapsed?: boolean
}

/**
 * The sidebar, with the titles of the pages.
 *
 * @param pages The pages' texts by their paths.
 * @throws when a page is not in the navigation, or does not exist.
 */
export function sidebarOf(pages: ReadonlyMap<string, string>, gathered: string): readonly Item[] {
  const listed = navigation.flatMap(({ folder, pages }) => pages.map(page => `${folder}/${page}.md`))
  const unlisted = [...pages.keys()].filter(page => page !== 'index.md' && !listed.includes(page))
  if (unlisted.length > 0) throw new Error(`not in the navigation: ${unlisted.join(', ')}`)
  const groups: Item[] = navigation.map(({ text, folder, pages: names }) => ({
    text,
    // With its own link, the caret is the only button: screen readers do not support a button inside another.
    link: `/${folder}/${names[0]}.md`,
    collapsed: true,
    items: names.map(name => ({
      text: titleOf(pages, `${folder}/${name}.md`),
      link: `/${folder}/${name}.md`
    }))
  }))
  const api = apiPages(gathered).map(({ page, entryPoint }) => ({ text: entryPoint, link: `/${page}` }))
  const reference = groups.findIndex(({ text }) => text === 'Reference')
  return groups.toSpliced(reference + 1, 0, { text: 'API', link: api[0]?.link, collapsed: true, items: api })
}

function titleOf(pages: ReadonlyMap<string, string>, page: string): string {
  const text = pages.get(page)
  if (text === undefined) throw new Error(`${page} is in the navigation, but does not exist`)
  const title = sectionsOf(text.split('\n')).find(({ level }) => level === 1)?.title
  if (title === undefined) throw new Error(`${page} has no title`)
  return title.replaceAll('`', '')
}
