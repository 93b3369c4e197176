import { readFileSync } from 'node:fs'
import { dispatch, dispatchReturned, type Kind, type Use } from '@bridge/core'
import { describe, expect, test } from 'vitest'

const KINDS: readonly Kind[] = ['sync', 'async', 'generator', 'asyncGenerator']
const USES: readonly Use[] = ['await', 'block', 'iterate', 'iterateBlocking']
const product = KINDS.flatMap(kind => USES.map(use => [kind, use] as const))

const isAsync = (kind: Kind) => kind === 'async' || kind === 'asyncGenerator'
const blocks = (use: Use) => use === 'block' || use === 'iterateBlocking'
const iterates = (use: Use) => use === 'iterate' || use === 'iterateBlocking'
const streams = (kind: Kind) => kind === 'generator' || kind === 'asyncGenerator'

describe('dispatch', () => {
  test.each(product)('here, %s × %s: only blocking on asynchronous code is refused', (kind, use) => {
    const expected = isAsync(kind) && blocks(use) ? 'refuseBlocking' : streams(kind) ? 'open' : 'run'
    expect(dispatch(kind, use, 'here', false)).toBe(expected)
    // What an executor can do elsewhere does not matter here.
    expect(dispatch(kind, use, 'here', true)).toBe(expected)
  })

  test.each(product)('elsewhere, %s × %s: the kind does not matter', (kind, use) => {
    expect(dispatch(kind, use, 'elsewhere', true)).toBe(blocks(use) ? 'wait' : 'offload')
    expect(dispatch(kind, use, 'elsewhere', false)).toBe(blocks(use) ? 'refuseBlocking' : 'offload')
  })

  test.each(product)('returned, %s × %s: a value can not be iterated either', (kind, use) => {
    const expected =
      isAsync(kind) && blocks(use)
        ? 'refuseBlocking'
        : kind === 'sync' && iterates(use)
          ? 'refuseIterating'
          : streams(kind)
            ? 'open'
            : 'run'
    expect(dispatchReturned(kind, use)).toBe(expected)
  })
})

describe("the README's table", () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, table = ''] = /<!-- dispatch -->\n([\s\S]*?)\n<!-- \/dispatch -->/.exec(readme) ?? []
  const rows = table
    .split('\n')
    .slice(2)
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim().replaceAll('`', ''))
    )

  test('has a row for every kind here, and for both abilities elsewhere', () => {
    expect(rows.map(([row]) => row)).toEqual([
      'here, sync',
      'here, async',
      'here, generator',
      'here, asyncGenerator',
      'elsewhere, can block',
      'elsewhere, cannot block'
    ])
  })

  test('says in every cell what the code does', () => {
    for (const [row = '', ...cells] of rows) {
      const [place, what] = row.split(', ') as ['here' | 'elsewhere', string]
      const ways = USES.map(use =>
        place === 'here'
          ? dispatch(what as Kind, use, 'here', false)
          : dispatch('sync', use, 'elsewhere', what === 'can block')
      )
      expect(cells).toEqual(ways)
    }
  })
})
