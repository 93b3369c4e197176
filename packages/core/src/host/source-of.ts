import { existsSync } from 'node:fs'

/**
 * The module that a URL means: TypeScript's convention is to write './x.js' also where only './x.ts' is there, because
 * tsx or Node itself runs the sources.
 */
export function sourceOf(url: string): string {
  const source = url.replace(/\.([cm]?)js(?=$|[?#])/, '.$1ts')
  if (source === url || !url.startsWith('file:') || existsSync(new URL(url))) return url
  return existsSync(new URL(source)) ? source : url
}
