import { isAbsolute } from 'node:path'
import { refuse } from './check.js'
import { pathToFileURL } from './node.js'

/** The URL of a module as a worker can import it, from a URL or an absolute path. */
export function moduleUrl(where: string, url: URL | string, name = 'url'): string {
  if (url instanceof URL) return url.href
  if (typeof url === 'string') {
    if (isAbsolute(url)) return pathToFileURL(url).href
    if (/^(file|data|node):/.test(url)) return url
  }
  return refuse(
    where,
    `${name} must be a URL or an absolute path, as in new URL('./tasks.js', import.meta.url)`,
    url
  )
}
