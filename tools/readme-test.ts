import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { SnippetRunner, snippetsOf } from './readme-snippets.js'

/** Tests that every snippet of a README runs and prints what it says; in `folder` it finds the packages it imports. */
export function testReadme(home: URL, folder: URL = home): void {
  testPage(new URL('README.md', home), folder)
}

/** The same of any page. */
export function testPage(page: URL, folder: URL): void {
  describe(`the snippet of ${basename(fileURLToPath(page))}`, () => {
    const runner = new SnippetRunner(folder)
    afterAll(() => runner.clear())

    test.each(snippetsOf(page))('$name runs, and prints what it says', async snippet => {
      const { code, stdout, stderr } = await runner.run(snippet)
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: snippet.prints, stderr: '' })
    })
  })
}
