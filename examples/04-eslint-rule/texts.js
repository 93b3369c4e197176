import { readFile } from 'node:fs/promises'

let loading

/** The keys that have a text. The file is read once, because module state is kept between calls. */
async function texts() {
  loading ??= readFile(new URL('./texts.json', import.meta.url), 'utf8').then(JSON.parse)
  return loading
}

export async function hasText(key) {
  return key in (await texts())
}
