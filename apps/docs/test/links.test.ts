import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anchorsOf, builtPages, namedBy, site } from './support/site.js'

/** The hosts of external links. They are not requested: the site is checked without a network. */
const OUTSIDE = ['github.com']

const anchors = new Map(builtPages.map(page => [page.path, anchorsOf(page)]))

/** The target of a link: a file of the site, and an anchor in it. */
function targetOf(link: string, from: string): { file: string; anchor: string } {
  const { pathname, hash } = new URL(link, `http://site/${from}`)
  const path = decodeURIComponent(pathname).slice(1)
  const whole = join(site, path)
  const file = existsSync(whole) && statSync(whole).isDirectory() ? join(path, 'index.html') : path
  return { file, anchor: decodeURIComponent(hash.slice(1)) }
}

describe('the site', () => {
  const inside = builtPages.flatMap(page =>
    namedBy(page)
      .filter(link => !/^(\w+:|\/\/)/.test(link))
      .map(link => ({ page: page.path, link, ...targetOf(link, page.path) }))
  )

  test('has links only to what it has', () => {
    const broken = inside.filter(({ file }) => !existsSync(join(site, file)))
    expect(broken.map(({ page, link }) => `${page}: ${link}`)).toEqual([])
  })

  test('has links only to existing anchors', () => {
    const broken = inside.filter(({ file, anchor }) => {
      const there = anchors.get(file)
      return anchor !== '' && there !== undefined && !there.has(anchor)
    })
    expect(broken.map(({ page, link }) => `${page}: ${link}`)).toEqual([])
  })

  test('links only to known hosts, and loads nothing from them', () => {
    const outside = builtPages.flatMap(page => namedBy(page).filter(link => /^(\w+:)?\/\//.test(link)))
    const hosts = new Set(outside.map(link => new URL(link, 'https://site').host))
    expect([...hosts].sort()).toEqual(OUTSIDE)
    const taken = builtPages.flatMap(({ html }) => [
      ...html.matchAll(/<(?:script|img|link)[^>]*"https?:[^>]*>/g)
    ])
    expect(taken.map(([tag]) => tag)).toEqual([])
  })

  test('has a unique anchor for each heading of a page', () => {
    for (const { path, html } of builtPages) {
      const ids = [...html.matchAll(/<h[1-6] id="([^"]+)"/g)].map(([, id]) => id)
      expect([path, ids.filter((id, n) => ids.indexOf(id) !== n)]).toEqual([path, []])
    }
  })
})
