import { readFileSync } from 'node:fs'
import * as core from '@bridge/core'
import * as exported from '@bridge/pool'
import { createPool, loop, type Pool } from '@bridge/pool'
import { describe, expect, it } from 'vitest'

const declarations = readFileSync(new URL('index.d.cts', import.meta.resolve('@bridge/pool')), 'utf8')

describe('the public API', () => {
  it('has few additional names, and all of those of @bridge/core', () => {
    const own = Object.keys(exported).filter(name => !(name in core))
    expect(own.sort()).toEqual(['createLoop', 'createPool', 'loop', 'threadNumber', 'transfer'])
    for (const [name, value] of Object.entries(core)) expect(exported).toHaveProperty(name, value)
  })

  it('declares nothing that a user can not import', () => {
    const declared = [
      ...declarations.matchAll(/^(?:declare )?(?:abstract )?(?:interface|type|class|function|const) (\w+)/gm)
    ]
    const named = [...declarations.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, names = '']) =>
      names.split(/,|\btype\b/)
    )
    expect(declared).not.toEqual([])
    const all = named.map(name => name.trim())
    expect(declared.map(([, name]) => name).filter(name => !all.includes(name as string))).toEqual([])
  })

  it('shows of a pool what is documented, and nothing of how it works', async () => {
    const pools: Pool[] = [createPool(), loop]
    const hidden = (pool: Pool): unknown[] => [
      // @ts-expect-error -- a run's own business
      pool.dequeue,
      // @ts-expect-error -- a run's own business
      pool.requeue,
      // @ts-expect-error -- a blocked caller's business
      pool.onBlocked,
      // @ts-expect-error -- an option, and no member
      pool.killGrace
    ]
    expect(pools.map(hidden)).toHaveLength(2)
    await Promise.all(pools.map(pool => pool.close()))
  })
})
