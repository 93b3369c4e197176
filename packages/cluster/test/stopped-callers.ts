import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { describeCluster, type Kind } from './cluster-bench.js'

const CALLER = fileURLToPath(new URL('./fixtures/many-calls.mjs', import.meta.url))

/** More than servers buffer for a connection, in results below the limit of a message. */
const COUNT = 150
const SIZE = 1000 * 1024

/** A caller whose process the operating system has stopped while large results are on their way. */
export function stoppedCallerTests(kind: Kind): void {
  describeCluster(kind, 'a caller whose process is stopped', bench => {
    it('delays no other caller, and has all of its results when it continues', async () => {
      const worker = await bench().serve({ pool: { maxThreads: 2, concurrencyPerThread: COUNT } })
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const { server, queue } = bench()
      const args = [CALLER, kind.name, server.url, queue, journal, gate, `${COUNT}`, `${SIZE}`]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const exited = once(child, 'exit')
      bench().held({
        async close() {
          child.kill('SIGKILL')
          await exited
        }
      })
      const lines: string[] = []
      createInterface({ input: child.stdout }).on('line', line => lines.push(line))
      await bench().written(journal, 'began', COUNT)
      child.kill('SIGSTOP')
      const tasks = bench().tasks()
      expect(await tasks.echo('before')).toBe('before')
      bench().open(gate)
      await bench().written(journal, 'ended', COUNT)
      await bench().until('an idle worker', () => worker.stats().running === 0 || undefined)
      for (let n = 0; n < 50; n++) expect(await tasks.echo(n)).toBe(n)
      expect(await tasks.bytes(SIZE)).toHaveLength(SIZE)
      child.kill('SIGCONT')
      await bench().until('its results', () => lines.length > 1 || undefined)
      expect(lines).toEqual(['called', `got ${COUNT} of 1 size`])
    })
  })
}
