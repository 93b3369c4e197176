import { readdirSync } from 'node:fs'
import { testPage, testReadme } from '../tools/readme-test.js'

const root = new URL('../', import.meta.url)
// The demo's folder is one from which every package of ours is found.
const demo = new URL('apps/demo/', root)
const docs = new URL('docs/', root)

testReadme(root, demo)
for (const page of readdirSync(docs)) if (page.endsWith('.md')) testPage(new URL(page, docs), demo)
