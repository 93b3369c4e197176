import type { Machines } from '../../cluster/machines.js'
import { byId } from './dom.js'

/** Shows where the tasks run, if that is not in the service's own threads. */
export async function showMachines(): Promise<void> {
  const { server, workers } = (await (await fetch('/machines')).json()) as Partial<Machines>
  if (server === undefined || workers === undefined) return
  const place = byId('machines')
  const processes = workers.length === 1 ? 'one process' : `${workers.length} processes`
  place.textContent = `Here the pool is a cluster: the queries run in ${processes} (${workers
    .map(({ address }) => `bridge-worker ${address.slice(-6)}`)
    .join(', ')}) behind ${server}. Threads and limits below are the service's own.`
  place.hidden = false
}
