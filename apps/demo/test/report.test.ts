import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test("the report prints Postgres' table of a tenth of the flights", async () => {
  const script = fileURLToPath(new URL('../dist/report/report.js', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^PostgreSQL .*: 20000 of 200,000 flights/)
  const rows = stdout.split('\n').filter(line => / – /.test(line))
  expect(rows).toHaveLength(10)
  expect(rows[0]?.trim().split(/\s{2,}/)).toEqual(['0 – 499', '9167', '7.7', '0', '5.0 %'])
}, 120_000)
