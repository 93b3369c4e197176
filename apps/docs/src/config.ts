import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { base } from './base.js'
import { folders } from './folders.js'
import { slug } from './markdown/slug.js'
import { belowMore, navigation } from './site/navigation.js'
import { rememberHighlighted } from './site/remember-highlighted.js'
import { searchOptions } from './site/search-options.js'

const sidebar = JSON.parse(readFileSync(join(folders.gathered, '.vitepress/sidebar.json'), 'utf8'))

const links = navigation.map(({ text, folder, pages }) => ({
  folder,
  text,
  link: `/${folder}/${pages[0]}.md`,
  activeMatch: `/${folder}/`
}))

/** The configuration of VitePress. `DOCS_BASE` is the path under which the site is served, `/` by default. */
export default defineConfig({
  title: 'bridge',
  description: 'Write a function once; call it awaited or blocking, on this thread or on another.',
  lang: 'en',
  base,
  head: [['link', { rel: 'icon', href: `${base}favicon.svg`, type: 'image/svg+xml' }]],
  outDir: folders.site,
  cacheDir: join(folders.gathered, '.vitepress/cache'),
  // Every file server serves `x.html`, but not every one serves it for `x`.
  cleanUrls: false,
  // All links and anchors are checked after the build.
  ignoreDeadLinks: true,
  markdown: {
    anchor: { slugify: slug },
    config: rememberHighlighted,
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' }
  },
  themeConfig: {
    outline: [2, 3],
    sidebar,
    nav: [
      ...links.filter(({ folder }) => !belowMore.includes(folder)),
      { text: 'More', items: links.filter(({ folder }) => belowMore.includes(folder)) }
    ],
    search: {
      provider: 'local',
      options: { miniSearch: { searchOptions } }
    },
    docFooter: { prev: 'Before', next: 'Next' }
  },
  vite: { build: { chunkSizeWarningLimit: 4000 } }
})
