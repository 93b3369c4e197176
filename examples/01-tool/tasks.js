import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'

const here = name => new URL(name, import.meta.url)

export async function include(name) {
  const text = await readFile(here(name), 'utf8')
  return text.trim()
}

export async function* linesOf(name) {
  for await (const line of createInterface({ input: createReadStream(here(name)) })) yield line
}
