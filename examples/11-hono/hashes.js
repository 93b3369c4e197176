import { createHash } from 'node:crypto'

export function hash(text, rounds) {
  for (let n = 0; n < rounds; n++) text = createHash('sha256').update(text).digest('hex')
  return text.slice(0, 8)
}
