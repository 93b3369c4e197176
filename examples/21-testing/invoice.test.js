import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPool, inline } from '@bridge/pool'
import { invoices } from './invoice.js'

test('adds what it has converted', async context => {
  // On this thread, the tasks see the mock.
  context.mock.method(globalThis, 'fetch', async () => Response.json({ rate: 2 }))
  assert.equal(await invoices(inline).total([1, 2, 3], 'EUR'), 12)
})

test('rejects for a missing task, on a real thread', async () => {
  const pool = createPool()
  const { missing } = pool.import(new URL('./tasks.js', import.meta.url))
  await assert.rejects(missing(), { code: 'BRIDGE_TASK_NOT_FOUND' })
  await pool.close()
})
