import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { InvalidArgumentError } from '@bridge/core'

/** The command line of `bridge-worker`. */
export interface CommandArguments {
  readonly engine: string
  readonly modules: readonly string[]
  readonly threads: number | undefined
  readonly concurrency: number | undefined
  readonly maxQueue: number | undefined
  readonly carriers: readonly string[]
  readonly queue: string | undefined
  readonly version: string | undefined
  readonly compatible: readonly string[]
  readonly hidePaths: boolean
  readonly setup: string | undefined
  readonly killGrace: number | undefined
  /** Milliseconds that a stop waits for running calls. */
  readonly drain: number
  /** The port for health checks; 0 for any free port. */
  readonly health: number | undefined
}

export const USAGE = `Usage: bridge-worker --engine <url> [options] <module or folder> ...

Takes calls of the modules and runs them in threads, until SIGTERM or SIGINT.

  --engine <url>        nats://host:4222 or redis://host:6379 (BullMQ); may contain user and password, and select TLS
                        (tls://, rediss://). Default: the variable BRIDGE_ENGINE
  --threads <n>         the maximum number of threads; by default the number of processors
  --concurrency <n>     how many calls a thread runs at once; 1 by default
  --max-queue <n>       how many calls may wait in this worker for a thread
  --carriers <module>   a module that restores the context of calls, such as @bridge/context; may be repeated
  --queue <name>        takes calls from this queue instead of one queue for each module
  --version <text>      the modules' version, instead of that of their package
  --compatible <text>   another version whose callers these modules also serve; may be repeated
  --setup <module>      a module that each thread imports first
  --kill-grace <ms>     how long a task has to stop before its thread is terminated; 100 by default
  --drain <ms>          how long a stop waits for running calls; 10000 by default
  --health <port>       answers GET /health and GET /metrics on this port of all addresses
  --hide-paths          leaves this machine's folders out of the errors that callers get
  --help                prints this
`

/**
 * Parses the command line; `undefined` if it asks for help.
 *
 * @throws InvalidArgumentError that says what is wrong.
 */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv): CommandArguments | undefined {
  const { values, positionals } = parsed(args)
  if (values.help === true) return undefined
  const engine = values.engine ?? env.BRIDGE_ENGINE
  if (engine === undefined || engine === '') {
    throw new InvalidArgumentError('bridge-worker: --engine is missing, as in --engine nats://127.0.0.1:4222')
  }
  if (positionals.length === 0) {
    throw new InvalidArgumentError('bridge-worker: name the modules to be offered, as in ./dist/tasks.js')
  }
  return {
    engine,
    modules: positionals.map(path => resolve(path)),
    threads: count('threads', values.threads, 1),
    concurrency: count('concurrency', values.concurrency, 1),
    maxQueue: count('max-queue', values['max-queue'], 0),
    carriers: values.carriers ?? [],
    queue: values.queue,
    version: values.version,
    compatible: values.compatible ?? [],
    hidePaths: values['hide-paths'] === true,
    setup: values.setup === undefined ? undefined : resolve(values.setup),
    killGrace: count('kill-grace', values['kill-grace'], 0),
    drain: count('drain', values.drain, 0) ?? 10_000,
    health: count('health', values.health, 0, 65_535)
  }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const
  const texts = { type: 'string', multiple: true } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        engine: text,
        threads: text,
        concurrency: text,
        'max-queue': text,
        carriers: texts,
        queue: text,
        version: text,
        compatible: texts,
        setup: text,
        'kill-grace': text,
        drain: text,
        health: text,
        'hide-paths': flag,
        help: { ...flag, short: 'h' }
      }
    })
  } catch (cause) {
    throw new InvalidArgumentError(`bridge-worker: ${(cause as Error).message}`, { cause })
  }
}

function count(name: string, value: string | undefined, least: number, most = Infinity): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (value.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`bridge-worker: --${name} must be a whole number ${range}, got '${value}'`)
  }
  return number
}
