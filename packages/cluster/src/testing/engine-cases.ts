import { checkFunction } from '@bridge/core/internal'
import type { Engine } from '../engine/engine.js'
import { calls } from './cases/calls.js'
import { closing } from './cases/closing.js'
import { frames } from './cases/frames.js'
import { jobResults } from './cases/job-results.js'
import { jobs } from './cases/jobs.js'
import { names } from './cases/names.js'
import { queued } from './cases/queued.js'
import { workers } from './cases/workers.js'
import { type EngineCase, namedCases } from './engine-case.js'

/**
 * The cases that an engine must pass, for any test runner: they use only `node:assert`. Cases about a queue or about jobs pass
 * at once on an engine that has none. Each case rejects if the engine does not meet it.
 *
 * @param make Returns an engine for each case; it may be the same engine, because each case uses its own queues.
 * @throws InvalidArgumentError when `make` is not a function.
 * @example
 * ```ts
 * import { engineCases } from '@bridge/cluster/testing'
 * import { test } from 'node:test'
 *
 * for (const { name, run } of engineCases(() => nats('nats://localhost:4222'))) test(name, run)
 * ```
 */
export function engineCases(make: () => Engine | Promise<Engine>): readonly EngineCase[] {
  checkFunction('engineCases()', 'make', make)
  return namedCases(make, [calls, workers, queued, names, frames, closing, jobs, jobResults])
}
