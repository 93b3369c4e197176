import { readdirSync } from 'node:fs'
import { snippetsOf } from '../tools/readme-snippets.js'
import { testPage, testReadme } from '../tools/readme-test.js'

const root = new URL('../', import.meta.url)
// Every package of ours can be resolved from the demo's folder.
const demo = new URL('apps/demo/', root)
const docs = new URL('docs/', root)

testReadme(root, demo)
for (const page of readdirSync(docs)) {
  const url = new URL(page, docs)
  if (page.endsWith('.md') && snippetsOf(url).length > 0) testPage(url, demo)
}
