import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { type ClusterBench, describeCluster, type Kind } from './cluster-bench.js'

const CALLER = fileURLToPath(new URL('./fixtures/caller.mjs', import.meta.url))

/** Milliseconds within which the tasks of a lost caller are stopped, also on a busy machine. */
const SOON = 3000

interface Called {
  readonly name: string
  readonly args: readonly unknown[]
  readonly isJob?: boolean
}

/** A process that makes these calls. */
function caller(bench: ClusterBench, calls: readonly Called[], env: NodeJS.ProcessEnv = {}) {
  const { kind, server, queue } = bench
  const args = [CALLER, kind.name, server.url, queue, ...calls.map(call => JSON.stringify(call))]
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env }
  })
  const lines: string[] = []
  createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> }).on('line', line =>
    lines.push(line)
  )
  const exited = once(child, 'exit')
  const end = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exited
  }
  bench.held({ close: end })
  return { lines, exited, end }
}

/** What happens to calls whose caller ends. */
export function lostCallerTests(kind: Kind): void {
  describeCluster(kind, 'a caller that is killed', bench => {
    it('has its tasks stopped', async () => {
      await bench().worker('--threads', '2')
      const [journal, gate] = [bench().file('journal'), bench().file('gate')]
      const { end } = caller(bench(), [
        { name: 'hold', args: [journal, gate, 1] },
        { name: 'hold', args: [journal, gate, 2] },
        // Queued behind the others, it never starts.
        { name: 'noted', args: [journal, 'behind'] }
      ])
      await bench().written(journal, 'began', 2)
      const began = performance.now()
      await end()
      await bench().written(journal, 'stopped', 2)
      expect(performance.now() - began).toBeLessThan(SOON)
    })

    it('has its endless loops terminated, and their thread replaced', async () => {
      await bench().worker('--threads', '1', '--kill-grace', '50')
      const journal = bench().file('journal')
      const { end } = caller(bench(), [{ name: 'spin', args: [journal] }])
      await bench().written(journal, 'began')
      await end()
      expect(await bench().tasks().echo('after it')).toBe('after it')
    })

    it('has its streams closed', async () => {
      await bench().worker('--threads', '1')
      const journal = bench().file('journal')
      const { end } = caller(bench(), [{ name: 'pulled', args: [journal] }])
      await bench().written(journal, 'made')
      await end()
      await bench().written(journal, 'closed')
    })

    if (kind.hasQueue) {
      it('has its jobs continue', async () => {
        const [journal, gate] = [bench().file('journal'), bench().file('gate')]
        await bench().worker('--threads', '1')
        const { lines, end } = caller(bench(), [{ name: 'hold', args: [journal, gate, 'kept'], isJob: true }])
        await bench().written(journal, 'began')
        const gave = await bench().until("the job's id", () =>
          lines.find(line => line.startsWith('hold gave '))
        )
        await end()
        bench().open(gate)
        expect(await bench().cluster().jobResult(gave.slice('hold gave '.length))).toBe('kept')
        expect(bench().lines(journal)).toEqual(['began kept', 'ended kept'])
      })
    }
  })

  describeCluster(kind, 'a process that has called', bench => {
    it('ends by itself after close()', async () => {
      await bench().worker('--threads', '1')
      const journal = bench().file('journal')
      const calls = [
        { name: 'noted', args: [journal, 'one'] },
        { name: 'fail', args: [journal, 'wrong'] },
        { name: 'nothing', args: [] }
      ]
      const { exited, lines } = caller(bench(), calls, { CLOSES: 'yes' })
      expect(await exited).toEqual([0, null])
      expect(lines).toContain('noted gave one')
      expect(lines).toContain('fail threw wrong')
    })

    it('ends by itself after close() without a worker, and without a server', async () => {
      const calls = [{ name: 'pid', args: [] }]
      const alone = caller(bench(), calls, { CLOSES: 'yes' })
      expect(await alone.exited).toEqual([0, null])
      expect(alone.lines.at(-1)).toMatch(/there is no worker at all/)
      await bench().killServer()
      const cut = caller(bench(), calls, { CLOSES: 'yes' })
      expect(await cut.exited).toEqual([0, null])
      expect(cut.lines.at(-1)).toMatch(/can't|could not|connect/)
      await bench().server.start()
    })
  })
}
