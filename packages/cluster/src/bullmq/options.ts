import { checkCount, checkMilliseconds, checkOptions, checkText, refuse } from '@bridge/core/internal'
import type { BackoffOptions, KeepJobs } from 'bullmq'
import type { Redis, RedisOptions } from 'ioredis'
import { withoutPassword } from '../engine/cannot-connect.js'

/** Options for jobs, which outlive their callers. */
export interface BullmqJobsOptions {
  /** How often a job may be started, unless its call sets it; 1 by default. */
  readonly attempts?: number
  /** How long a failed job waits before it is started again, as in BullMQ: milliseconds, or BullMQ's backoff options. */
  readonly backoff?: number | BackoffOptions
  /** Which completed jobs are kept, as in BullMQ; by default for a day and 10 000 of each queue. */
  readonly removeOnComplete?: boolean | number | KeepJobs
  /** Which failed jobs are kept, as in BullMQ; by default for a week and 10 000 of each queue. */
  readonly removeOnFail?: boolean | number | KeepJobs
  /** How often a job may lose its worker and be started again; 1 by default. */
  readonly maxStalledCount?: number
}

/** Options of the engine. */
export interface BullmqOptions {
  /**
   * A URL, options of ioredis, or an ioredis client of the application: the engine opens connections with the client's
   * options, and does not use or close the client itself.
   */
  readonly connection?: string | RedisOptions | Redis
  /** The prefix of keys and channels, so that several clusters can share a server; `bridge` by default. */
  readonly prefix?: string
  /** Options for jobs. */
  readonly jobs?: BullmqJobsOptions
  /**
   * Milliseconds after which the calls of a lost worker fail, and its jobs are started again; a worker whose main thread is
   * blocked for longer counts as lost. 30 000 by default.
   */
  readonly lockDuration?: number
}

/** The options with their defaults. */
export interface BullmqSettings {
  readonly connection: string | RedisOptions | Redis
  readonly prefix: string
  readonly lockDuration: number
  readonly jobs: Required<Omit<BullmqJobsOptions, 'backoff'>> & Pick<BullmqJobsOptions, 'backoff'>
  /** For messages: the server without its password. */
  readonly url: string
}

const DAY = 24 * 60 * 60
const JOBS = {
  attempts: 1,
  removeOnComplete: { age: DAY, count: 10_000 },
  removeOnFail: { age: 7 * DAY, count: 10_000 },
  maxStalledCount: 1
}

/** Whether it is a client of any copy of ioredis. */
export function isClient(connection: unknown): connection is Redis {
  return typeof (connection as Partial<Redis> | undefined)?.duplicate === 'function'
}

/** Whether it is a client of a Redis Cluster. */
function isCluster(connection: object | string): boolean {
  return isClient(connection) && (connection as Partial<Redis>).isCluster === true
}

/** Reads and checks the options. */
export function readOptions(options: string | BullmqOptions): BullmqSettings {
  const given: BullmqOptions = typeof options === 'string' ? { connection: options } : options
  if (typeof given !== 'object' || given === null) {
    refuse('bullmq()', 'options must be the URL of a server or an object of options', options)
  }
  checkOptions('bullmq()', given, ['connection', 'prefix', 'jobs', 'lockDuration'])
  const { connection = 'redis://127.0.0.1:6379', prefix = 'bridge', jobs, lockDuration = 30_000 } = given
  if (typeof connection !== 'string' && (typeof connection !== 'object' || connection === null)) {
    refuse('bullmq()', 'connection must be a URL, options of ioredis or a client of it', connection)
  }
  if (isCluster(connection)) {
    refuse(
      'bullmq()',
      'connection must be one Redis server, or one with Sentinel: a Redis Cluster does not tell which processes listen; use a ' +
        'server of its own for the calls',
      'a Cluster of ioredis'
    )
  }
  const { keyPrefix } = typeof connection === 'string' ? {} : optionsOf(connection)
  if (keyPrefix)
    refuse(
      'bullmq()',
      'connection must have no keyPrefix, because BullMQ does not support it; set prefix instead',
      keyPrefix
    )
  checkPrefix(prefix)
  checkMilliseconds('bullmq()', 'lockDuration', lockDuration)
  checkJobs(jobs)
  return { connection, prefix, lockDuration, jobs: { ...JOBS, ...jobs }, url: urlOf(connection) }
}

/** BullMQ treats a colon as the end of the prefix. */
function checkPrefix(prefix: string): void {
  checkText('bullmq()', 'prefix', prefix)
  if (!/^[\w{}.-]+$/.test(prefix)) {
    refuse('bullmq()', 'prefix must be letters, digits, -, _, dots and braces', prefix)
  }
}

function checkJobs(jobs: BullmqJobsOptions | undefined): void {
  checkOptions('bullmq()', jobs, [
    'attempts',
    'backoff',
    'removeOnComplete',
    'removeOnFail',
    'maxStalledCount'
  ])
  checkCount('bullmq()', 'jobs.attempts', jobs?.attempts, 1)
  checkCount('bullmq()', 'jobs.maxStalledCount', jobs?.maxStalledCount, 0)
}

const optionsOf = (connection: RedisOptions | Redis): RedisOptions =>
  isClient(connection) ? connection.options : connection

function urlOf(connection: string | RedisOptions | Redis): string {
  if (typeof connection === 'string') return withoutPassword(connection)
  const { path, host = '127.0.0.1', port = 6379 } = optionsOf(connection)
  return path ?? `redis://${host}:${port}`
}
