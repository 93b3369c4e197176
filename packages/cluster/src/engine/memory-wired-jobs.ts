import { randomUUID } from 'node:crypto'
import { onAbort } from '@bridge/core/internal'
import type { Jobs, TakenJob, Taking } from './engine.js'
import type { MemoryHub } from './memory-hub.js'
import type { Taker } from './memory-takers.js'

/** The jobs of a hub, for one connection; `takings` are stopped by the connection's `close()`. */
export function wireJobs(hub: MemoryHub, takings: Set<Taking>): Jobs {
  return {
    async add(job) {
      const id = job.id ?? randomUUID()
      hub.jobs(job.queue).add(id, job)
      return id
    },
    state: async (queue, id) => hub.jobs(queue).state(id),
    ended: (queue, id, signal) => ended(hub, queue, id, signal),
    async take(queues, atMost, onJob) {
      const leaving = queues.map(name => {
        const taker: Taker<TakenJob> = { atMost, active: 0, give: onJob }
        hub.jobs(name).take(taker)
        return () => hub.jobs(name).leave(taker)
      })
      const taking: Taking = {
        async stop() {
          for (const leave of leaving) leave()
          takings.delete(taking)
        }
      }
      takings.add(taking)
      return taking
    }
  }
}

function ended(hub: MemoryHub, queue: string, id: string, signal: AbortSignal): Promise<void> {
  const jobs = hub.jobs(queue)
  const { type } = jobs.state(id)
  if (signal.aborted || (type !== 'waiting' && type !== 'running')) return Promise.resolve()
  return new Promise(resolve => {
    const finish = (): void => {
      removeListener()
      stopListening()
      resolve()
    }
    const removeListener = jobs.whenEnded(id, finish)
    const stopListening = onAbort(signal, finish)
  })
}
