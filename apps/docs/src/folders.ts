import { join, resolve } from 'node:path'

/** The folder of this application: `dist` and `src` are both directly below it. */
const home = resolve(import.meta.dirname, '..')

/** The folders of the site's parts. */
export const folders = {
  repository: resolve(home, '../..'),
  /** The site's own pages: text, and directives that include tested parts. */
  pages: join(home, 'pages'),
  theme: join(home, 'theme'),
  /** The input of VitePress: pages with everything included. */
  gathered: join(home, '.site'),
  /** The built site. */
  site: join(home, 'site'),
  typedoc: join(home, 'typedoc.json')
}
