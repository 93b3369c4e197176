import { bullmq } from '@bridge/cluster/bullmq'
import { expect, it } from 'vitest'
import { BULLMQ, describeCluster, failed } from './cluster-bench.js'

/** Milliseconds within which a loss is reported, also on a busy machine. */
const SOON = 3000

describeCluster(
  BULLMQ,
  'a worker that leaves the key by which BullMQ checks for stalled jobs every 30 s',
  bench => {
    it('does not delay the retry of a call, nor the report of its loss', async () => {
      const engine = bullmq({ connection: bench().server.url, lockDuration: 30_000 })
      const before = await bench().serve({ engine })
      await bench().tasks().echo(1)
      await before.close()
      const worker = await bench().worker('--threads', '2')
      const tasks = bench().tasks()
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const again = tasks.hold(journal, gate, 'again').with({ retries: 1 }).start()
      const lost = failed(tasks.hold(journal, gate, 'lost'))
      await bench().written(journal, 'began', 2)
      await bench().worker('--threads', '2')
      const began = performance.now()
      await worker.kill()
      await bench().written(journal, 'began again', 2)
      expect(await lost).toMatchObject({ code: 'BRIDGE_WORKER_LOST' })
      expect(performance.now() - began).toBeLessThan(SOON)
      bench().open(gate)
      expect(await again).toBe('again')
    })
  }
)
