import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inline, TaskNotFoundError } from '@bridge/core'
import { BRIDGE_EXECUTOR, BridgeModule, defineTasks, inlineTasks } from '@bridge/nest'
import { createPool } from '@bridge/pool'
import { Test } from '@nestjs/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

type Work = typeof import('./fixtures/work.tasks.mjs')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'task-file-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** An application with a class whose tasks are declared to be in that file. */
function application(url: URL | string) {
  class ImageTasks extends defineTasks<Work>(url, { load: () => ({ double: n => 2 * n }) as Work }) {
    // An own hook of the class does not replace the check for the file.
    onModuleInit() {}
  }
  const builder = Test.createTestingModule({ imports: [BridgeModule.forRoot()], providers: [ImageTasks] })
  return { ImageTasks, builder }
}

describe('an application whose task file is missing', () => {
  test.each([
    ['path', (path: string) => path],
    ['URL', (path: string) => pathToFileURL(path)],
    ['text of a URL', (path: string) => pathToFileURL(path).href]
  ])(
    'does not start where it is named by a %s: the error names the class, the path and the recipe',
    async (_, of) => {
      const path = join(folder, 'images.tasks.js')
      const error = await application(of(path))
        .builder.compile()
        .catch((error: unknown) => error)
      expect(error).toBeInstanceOf(TaskNotFoundError)
      expect((error as Error).message).toContain(`ImageTasks: there is no file ${path}, `)
      expect((error as Error).message).toContain('bridgeEntries of @bridge/nest/build')
    }
  )

  test('does not start if a bundler has copied it as an asset', async () => {
    const path = join(folder, '1b2c3d4e5f60718293a4.ts')
    writeFileSync(path, '')
    await expect(application(path).builder.compile()).rejects.toThrow(
      /^ImageTasks: .*1b2c3d4e5f60718293a4\.ts is an asset that a bundler has copied .* url: false/
    )
  })

  test('starts if its executor is inline', async () => {
    const { ImageTasks, builder } = application(join(folder, 'images.tasks.js'))
    const module = await builder.overrideProvider(BRIDGE_EXECUTOR).useValue(inline).compile()
    expect(await module.get(ImageTasks).double(2)).toBe(4)
    await module.close()
  })

  test('starts if the TypeScript source of it exists', async () => {
    writeFileSync(join(folder, 'sources.tasks.ts'), '')
    const module = await application(join(folder, 'sources.tasks.js')).builder.compile()
    await module.close()
  })

  test('starts if its tasks are not in a file', async () => {
    const url = 'data:text/javascript,export const double = n => n * 2'
    const { ImageTasks, builder } = application(url)
    const module = await builder.compile()
    expect(await module.get(ImageTasks).double(2)).toBe(4)
    await module.close()
  })
})

test('a class of defineTasks checks for its file once, and inlineTasks does not', async () => {
  const path = join(folder, 'once.tasks.js')
  writeFileSync(path, '')
  const pool = createPool()
  class Tasks extends defineTasks<Work>(path) {}
  class Others extends defineTasks<Work>(path) {}
  expect(new Tasks(pool)).toBeInstanceOf(Tasks)
  rmSync(path)
  expect(new Tasks(pool)).toBeInstanceOf(Tasks)
  expect(() => new Others(pool)).toThrow(TaskNotFoundError)
  expect(await inlineTasks(Others, { double: vi.fn(() => 7) }).double(1)).toBe(7)
  await pool.close()
})
