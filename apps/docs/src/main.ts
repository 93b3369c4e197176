import { watch } from 'node:fs'
import { join } from 'node:path'
import { build, createServer } from 'vitepress'
import { folders } from './folders.js'
import { gather, gatherPages } from './gather/gather.js'

/** Builds the site, or serves it and updates it whenever a page or a README changes. */
async function main(command: string | undefined): Promise<void> {
  if (command !== 'build' && command !== 'dev') throw new Error('usage: main.js build | dev')
  await gather()
  if (command === 'build') {
    await build(folders.gathered)
    return
  }
  const server = await createServer(folders.gathered)
  await server.listen()
  server.printUrls()
  for (const folder of [folders.pages, ...['docs', 'packages', 'examples'].map(inRepository)]) {
    watch(folder, { recursive: true }, (_, name) => {
      if (name?.endsWith('.md') && !name.includes('node_modules')) gatherAgain()
    })
  }
}

const inRepository = (name: string): string => join(folders.repository, name)

/** Reports errors without ending, because a page that is being written may be invalid for a while. */
function gatherAgain(): void {
  try {
    gatherPages()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
