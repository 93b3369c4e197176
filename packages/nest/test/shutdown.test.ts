import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const APP = fileURLToPath(new URL('./fixtures/hung-app.mjs', import.meta.url))

async function start(platform: string) {
  const process_ = spawn(process.execPath, [APP, platform], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void process_.kill('SIGKILL'))
  const ended = once(process_, 'exit') as Promise<[code: number | null, signal: string | null]>
  let errors = ''
  process_.stderr.on('data', data => {
    errors += data
  })
  const [url] = await once(process_.stdout, 'data')
  return { process_, ended, url: String(url).trim(), errors: () => errors }
}

test.each(['express', 'fastify'])(
  'a signal ends the application on %s although tasks spin, wait and stream without end, and tells their clients',
  { timeout: 20_000 },
  async platform => {
    const { process_, ended, url, errors } = await start(platform)
    const status = async () => (await (await fetch(`${url}/status`)).json()) as object
    const spins = fetch(`${url}/spins`)
    const waits = fetch(`${url}/waits`)
    const items = await fetch(`${url}/items`)
    const isRunning = async () => JSON.stringify(await status()) === '{"running":2,"streams":1}'
    while (!(await isRunning()));
    process_.kill('SIGTERM')
    expect([(await spins).status, (await waits).status]).toEqual([503, 503])
    await expect(items.text()).rejects.toThrow()
    expect(await ended).toEqual([null, 'SIGTERM'])
    expect(errors()).toBe('')
  }
)
