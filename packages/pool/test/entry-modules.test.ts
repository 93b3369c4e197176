import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** What a program prints, line by line, that is a file of its own. */
async function printed(file: string): Promise<string[]> {
  const path = fileURLToPath(new URL(`./fixtures/entry/${file}`, import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [path])
  return stdout.trim().split('\n')
}

describe('the module that a process was started with', () => {
  it.each([
    ['guarded.mjs', '4 3 8'],
    ['guarded-main.mjs', '4'],
    ['guarded.cjs', '4']
  ])('may be addressed where it is guarded: %s', async (file, values) => {
    expect(await printed(file)).toEqual(['started', values])
  })

  it('is refused if it is not, however it is called, with both alternatives', async () => {
    const [started, ...refused] = await printed('unguarded.mjs')
    expect(started).toBe('started')
    expect(refused).toHaveLength(3)
    for (const line of refused) {
      expect(line).toMatch(/^BRIDGE_.*start the application again.*module of their own.*isMainThread/)
    }
  })
})
