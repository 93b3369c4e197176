import { subscribe, tracingChannel } from 'node:diagnostics_channel'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export const registry = new Registry()
const registers = [registry]

const seconds = new Histogram({
  name: 'bridge_call_seconds',
  help: 'Calls from their making to their end, queues included',
  labelNames: ['task', 'executor'],
  registers
})
const failed = new Counter({
  name: 'bridge_calls_failed_total',
  help: 'Failed calls',
  labelNames: ['task'],
  registers
})
const ended = new Counter({
  name: 'bridge_threads_ended_total',
  help: 'Threads',
  labelNames: ['pool', 'cause'],
  registers
})

// All events of one call have the same object.
const begun = new WeakMap()
const channel = tracingChannel('bridge:call')
channel.start.subscribe(call => {
  begun.set(call, performance.now())
})
channel.error.subscribe(({ name: task }) => failed.inc({ task }))
channel.asyncEnd.subscribe(call => {
  seconds.observe({ task: call.name, executor: call.executor }, (performance.now() - begun.get(call)) / 1000)
})

subscribe('bridge:pool:thread', ({ event, pool, cause }) => {
  if (event === 'ended') ended.inc({ pool, cause })
})

/** The pool's own figures, read at each scrape. */
export function watch(pool) {
  const gauge = (name, help, read) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(pool.stats()))
      }
    })
  gauge('bridge_pool_threads', 'Threads', ({ threads }) => threads)
  gauge('bridge_pool_queued', 'Calls that wait for a thread', ({ queued }) => queued)
  gauge('bridge_pool_utilization', 'Busy time, from 0 to 1', ({ utilization }) => utilization)
}
