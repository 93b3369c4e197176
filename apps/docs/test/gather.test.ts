import { describe, expect, test } from 'vitest'
import { sequenceOf } from '../src/drawing/sequence.js'
import { directiveOf } from '../src/gather/directives.js'
import { expandPage } from '../src/gather/expand.js'
import { LinkedFiles } from '../src/gather/linked-files.js'
import { Links } from '../src/gather/links.js'
import { Places } from '../src/gather/places.js'
import { mapProse, sectionsOf } from '../src/markdown/markdown.js'

const STOPPING = '<!-- include packages/pool/README.md#stopping -->'

/** The text of a page for VitePress. */
function gathered(text: string, places = new Places()): string {
  const links = new Links(places, new LinkedFiles())
  return expandPage('guides/page.md', text, places)
    .map(part => links.rewrite(part))
    .join('\n')
}

describe('a page', () => {
  test('has a section instead of its directive, with another heading if requested', () => {
    expect(gathered(STOPPING)).toMatch(/^## Stopping\n/)
    expect(gathered(STOPPING.replace(' -->', ' as "How tasks end" -->'))).toMatch(/^## How tasks end\n/)
  })

  test("has links that lead to the section's page", () => {
    const places = new Places()
    gathered('<!-- include packages/pool/README.md#stopping as "How tasks end" -->', places)
    expect(places.find('packages/pool/README.md', 'stopping')).toBe('/guides/page.md#how-tasks-end')
    const links = new Links(places, new LinkedFiles())
    const text = 'see [it](../pool/README.md#stopping), and `[not](code)`'
    expect(links.rewrite({ text, from: 'packages/core/README.md' })).toBe(
      'see [it](/guides/page.md#how-tasks-end), and `[not](code)`'
    )
  })

  test('leaves out sections of other pages, and optional files that do not exist', () => {
    const objects = gathered(
      '<!-- include packages/pool/README.md#functions-among-the-arguments except waiting-on-each-other -->'
    )
    expect(objects).not.toContain('Waiting on each other')
    expect(gathered('<!-- include docs/nothing.md optional -->')).toBe('')
  })

  test('mentions files of another page that its code blocks import', () => {
    const places = new Places()
    places.add('packages/pool/README.md', 'off-the-event-loop', 'guides/calls.md', 'off-the-event-loop')
    expect(gathered('<!-- include packages/pool/README.md#priority-and-affinity -->', places)).toContain(
      '`tasks.mjs` is that of [Off the event loop](/guides/calls.md#off-the-event-loop)'
    )
  })

  test('is refused if it includes something that is missing or on another page, or if a link leads nowhere', () => {
    expect(() => gathered('<!-- include README.md#nothing -->')).toThrow('README.md has no section #nothing')
    expect(() => gathered('<!-- include README.md#top as "x" -->')).toThrow('README.md#top has no heading')
    expect(() => gathered(`${STOPPING}\n${STOPPING}`)).toThrow('#stopping is included twice')
    expect(() => gathered('[x](repo:docs/nothing.md)')).toThrow('docs/nothing.md leads nowhere')
    expect(() => directiveOf('<!-- include README.md#a as b -->')).toThrow('this is not a directive')
  })
})

describe('Markdown', () => {
  test('has its headings and its text outside of code', () => {
    const text = '# A\n```sh\n# no heading\n```\n## B `c`!\n### D\n'
    expect(sectionsOf(text.split('\n')).map(({ anchor, begin, end }) => [anchor, begin, end])).toEqual([
      ['a', 0, 7],
      ['b-c', 4, 7],
      ['d', 5, 7]
    ])
    expect(mapProse('a `a` a\n```\na\n```', () => 'b')).toBe('b`a`b\n```\na\n```')
  })
})

describe('a drawing', () => {
  test('says in words what it shows', () => {
    const drawing = sequenceOf('one | two\none -> two: a < b\ntwo: waits\n')
    expect(drawing).toContain('aria-label="one and two. one to two: a &lt; b. two: waits."')
    expect(drawing).not.toContain('\n')
  })

  test('is refused if a line is not one of its steps', () => {
    expect(() => sequenceOf('one | two\none -> three: x')).toThrow('this is not a step of a drawing')
  })
})
