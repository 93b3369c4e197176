import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { TASKS } from './cluster-bench.js'

it('a process with memory() stays alive until its calls have settled, and then ends by itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-memory-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [journal, gate] = ['journal', 'gate'].map(name => JSON.stringify(join(folder, name)))
  const source = `
    import { existsSync, writeFileSync } from 'node:fs'
    import { setImmediate as turn } from 'node:timers/promises'
    import { createCluster, memory, serve } from '@bridge/cluster'
    const engine = memory()
    const worker = await serve({ engine, modules: [${JSON.stringify(TASKS.href)}], pool: { maxThreads: 1 } })
    const tasks = createCluster({ engine }).import(${JSON.stringify(TASKS.href)})
    const hold = () => tasks.hold(${journal}, ${gate}).then(() => 'ended', ({ code }) => code)
    const calls = Array.from({ length: 5 }, hold)
    // The worker runs one of them; those that wait in the queue will find no worker.
    while (!existsSync(${journal})) await turn()
    const closed = worker.close()
    writeFileSync(${gate}, '')
    await closed
    console.log((await Promise.all(calls)).join())`
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [[code], printed] = await Promise.all([once(child, 'close'), text(child.stdout)])
  expect([code, printed]).toEqual([0, `ended,${Array(4).fill('BRIDGE_WORKER_LOST').join()}\n`])
})
