import { extname } from 'node:path'

/** The module of this package that a pool's threads import, in the same build (ESM or CommonJS) as this file. */
export const threadModule = new URL(`./thread${extname(import.meta.url)}`, import.meta.url).href
