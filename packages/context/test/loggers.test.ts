import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'

const fixture = (name: string) => new URL(`./fixtures/${name}.mjs`, import.meta.url).href
const ROUNDS = 20

/** The log lines of twenty requests one after the other, on this thread and in tasks, in a separate process. */
async function logged(name: string, env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const source = `
    import { requestContext } from '@bridge/context'
    import { createPool } from '@bridge/pool'
    const { log } = await import(process.env.LOG)
    const pool = createPool({ maxThreads: 1, setup: process.env.LOG })
    const tasks = pool.import(${JSON.stringify(fixture('logging.tasks'))})
    for (let n = 0; n < ${ROUNDS}; n++) {
      await requestContext.run({ id: 'r' + n }, async () => {
        log.info('awaits')
        await tasks.work('awaited')
        log.info('blocks')
        tasks.workLater('blocking').runSync()
        log.info('consumes')
        for (const step of tasks.steps('stream').with({ highWaterMark: 1 })) if (step === 'second') break
        log.info('ends')
      })
    }
    await pool.close()`
  const cwd = new URL('.', import.meta.url)
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    cwd,
    env: { ...process.env, ...env, LOG: fixture(name) }
  })
  const exit = new Promise<number | null>(resolve => child.on('close', resolve))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  expect({ code: await exit, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.trimEnd().split('\n')
}

const MESSAGES = [
  'awaits',
  'awaited in the task',
  'blocks',
  'blocking later in the task',
  'consumes',
  'stream first',
  'stream second',
  'ends'
]

const ofAll = (line: (id: string, message: string) => unknown) =>
  Array.from({ length: ROUNDS }, (_, n) => MESSAGES.map(message => line(`r${n}`, message))).flat()

describe('the log lines of both threads are in order, and name the request', () => {
  test.each([
    ['pino that writes at once', {}],
    ["pino that writes to the thread's stdout", { PINO_TO: 'stdout' }]
  ])('by %s', async (_, env) => {
    const lines = await logged('pino-log', env)
    expect(lines.map(line => JSON.parse(line))).toEqual(
      ofAll((request, msg) => ({ level: 30, request, msg }))
    )
  })

  test("by Nest's Logger", async () => {
    const lines = await logged('nest-log')
    expect(lines.map(line => line.replace(/^.*?LOG \[work\] /, ''))).toEqual(
      ofAll((id, message) => `[${id}] ${message}`)
    )
  })

  test('by console', async () => {
    expect(await logged('console-log')).toEqual(ofAll((id, message) => `${id} ${message}`))
  })
})
