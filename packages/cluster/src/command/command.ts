#!/usr/bin/env node
import { BridgeError } from '@bridge/core'
import { serve, type Worker } from '../worker/serve.js'
import { type CommandArguments, readArguments, USAGE } from './arguments.js'
import { engineOf } from './engine-of.js'
import { Health } from './health.js'

/** The signals that stop a worker gracefully; a second one ends it at once. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

try {
  const args = readArguments(process.argv.slice(2), process.env)
  if (args === undefined) process.stdout.write(USAGE)
  else await run(args)
} catch (error) {
  process.stderr.write(
    `${error instanceof BridgeError ? error.message : String((error as Error).stack ?? error)}\n`
  )
  process.exitCode = 1
}

async function run(args: CommandArguments): Promise<void> {
  const engine = await engineOf(args.engine)
  const worker = await serve({
    engine,
    modules: args.modules,
    carriers: args.carriers,
    queue: args.queue,
    version: args.version,
    compatible: args.compatible,
    maxQueue: args.maxQueue,
    hidePaths: args.hidePaths,
    pool: {
      name: 'bridge-worker',
      maxThreads: args.threads,
      concurrencyPerThread: args.concurrency,
      killGrace: args.killGrace,
      setup: args.setup
    }
  })
  const health = args.health === undefined ? undefined : new Health(worker)
  const port = await health?.listen(args.health ?? 0).catch(async (error: unknown) => {
    await worker.close({ timeout: 0 })
    throw error
  })
  // Before it prints that it is ready, because a process that reads that may stop it at once.
  stopBySignal(worker, health, args.drain)
  say(
    `bridge-worker ${worker.address} takes calls from ${engine.name}: ${worker.offers.join(', ')}` +
      (args.queue === undefined ? '' : ` (queue ${args.queue})`) +
      (port === undefined ? '' : `; health on port ${port}`)
  )
}

function stopBySignal(worker: Worker, health: Health | undefined, drain: number): void {
  const stop = async (why: string): Promise<void> => {
    for (const one of SIGNALS) {
      process.off(one, stop)
      process.once(one, () => process.exit(1))
    }
    process.off('disconnect', onDisconnect)
    health?.leave()
    const { running, queued } = worker.stats()
    say(`bridge-worker ${worker.address} stops by ${why}: ${running} run, ${queued} wait`)
    await worker.close({ timeout: drain })
    health?.close()
    say(`bridge-worker ${worker.address} has stopped`)
    process.exit(0)
  }
  // A worker that was started with an IPC channel ends with its parent process.
  const onDisconnect = (): void => void stop('the end of its parent')
  if (process.connected) process.on('disconnect', onDisconnect)
  for (const signal of SIGNALS) process.on(signal, stop)
  // The reader of its output may be gone, which must not end it in the middle of a call.
  process.stdout.on('error', () => {})
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
