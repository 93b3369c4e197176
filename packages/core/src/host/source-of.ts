import { existsSync } from 'node:fs'

/**
 * The file that a URL refers to: by TypeScript's convention, sources import './x.js' even if only './x.ts' exists,
 * because tsx or Node runs the sources.
 */
export function sourceOf(url: string): string {
  const source = url.replace(/\.([cm]?)js(?=$|[?#])/, '.$1ts')
  if (source === url || !url.startsWith('file:') || existsSync(new URL(url))) return url
  return existsSync(new URL(source)) ? source : url
}
