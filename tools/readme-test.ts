import { afterAll, describe, expect, test } from 'vitest'
import { SnippetRunner, snippetsOf } from './readme-snippets.js'

/** Tests that every snippet of a README runs and prints what it says; in `folder` it finds the packages it imports. */
export function testReadme(home: URL, folder: URL = home): void {
  describe("the README's snippet", () => {
    const runner = new SnippetRunner(folder)
    afterAll(() => runner.clear())

    test.each(snippetsOf(new URL('README.md', home)))(
      '$name runs, and prints what it says',
      async snippet => {
        const { code, stdout, stderr } = await runner.run(snippet)
        expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: snippet.prints, stderr: '' })
      }
    )
  })
}
