import path from 'node:path'
import { refuse } from './check.js'
import { pathToFileURL } from './node.js'

/**
 * The URL of a module as a worker can import it, from a URL or an absolute path; `windows` is whether paths are those
 * of Windows, by default whether this system is.
 */
export function moduleUrl(where: string, url: URL | string, name = 'url', windows?: boolean): string {
  if (url instanceof URL) return url.href
  if (typeof url === 'string') {
    const { isAbsolute } = windows === undefined ? path : windows ? path.win32 : path.posix
    if (isAbsolute(url)) return pathToFileURL(url, { windows }).href
    if (/^(file|data|node):/.test(url)) return url
  }
  const isPackage =
    typeof url === 'string' && /^(@[\w.-]+\/)?[\w-][\w.-]*(\/|$)/.test(url) && !/\.[cm]?[jt]s$/.test(url)
  const ofPackage = isPackage ? `, or import.meta.resolve('${url}') for a package` : ''
  return refuse(
    where,
    `${name} must be a URL or an absolute path, as in new URL('./tasks.js', import.meta.url)${ofPackage}`,
    url
  )
}
