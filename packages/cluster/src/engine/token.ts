import { createHash } from 'node:crypto'

/** Servers limit the length of a name; a module's URL may be longer. */
const LONGEST = 160

/**
 * Converts any string into a name of letters, digits, `-`, `_` and `=`, which every server accepts as a part of a subject, a
 * key or an id. Different strings have different names.
 */
export function tokenOf(text: string): string {
  const token = text.replace(/[^A-Za-z0-9-]/g, unit => {
    const code = unit.charCodeAt(0)
    return code < 256 ? `_${code.toString(16).padStart(2, '0')}` : `__${code.toString(16).padStart(4, '0')}`
  })
  if (token.length <= LONGEST) return token === '' ? '=' : token
  // A hash of the code units and not of UTF-8, in which all lone surrogates would be the same.
  return `${token.slice(0, 60)}=${createHash('sha256').update(text, 'utf16le').digest('hex')}`
}
