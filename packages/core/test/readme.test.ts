import { afterAll, describe, expect, test } from 'vitest'
import { SnippetRunner, snippetsOf } from '../../../tools/readme-snippets.js'

const home = new URL('../', import.meta.url)

describe("the README's snippet", () => {
  const runner = new SnippetRunner(home)
  afterAll(() => runner.clear())

  test.each(snippetsOf(new URL('README.md', home)))('$name runs, and prints what it says', async snippet => {
    const { code, stdout, stderr } = await runner.run(snippet)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: snippet.prints, stderr: '' })
  })
})
