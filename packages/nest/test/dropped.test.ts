import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const APP = fileURLToPath(new URL('./fixtures/dropping-app.mjs', import.meta.url))

test.each(['express', 'fastify'])(
  'calls that a request made, and that its end cuts off, do not end the process, on %s',
  async platform => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [APP, platform], {
      timeout: 18_000
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({ statuses: [504, 504], dropped: 8 })
  }
)
