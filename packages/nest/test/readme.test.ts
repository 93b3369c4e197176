import { afterAll, describe, expect, test } from 'vitest'
import { SnippetRunner, snippetsOf } from '../../../tools/readme-snippets.js'
import { compiled } from './support/compiled-snippet.js'

describe("the README's snippet", () => {
  const home = new URL('../', import.meta.url)
  const runner = new SnippetRunner(home)
  afterAll(() => runner.clear())

  test.each(snippetsOf(new URL('README.md', home)))('$name runs, and prints what it says', async snippet => {
    const { code, stdout, stderr } = await runner.run(compiled(snippet))
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: snippet.prints, stderr: '' })
  })
})
