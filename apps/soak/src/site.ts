import type { Remote, RemoteSync } from '@bridge/core'
import { createPool, loop, type Pool } from '@bridge/pool'

type Calls = typeof import('./tasks/call.tasks.js')
type Objects = typeof import('./tasks/object.tasks.js')
type Callbacks = typeof import('./tasks/callback.tasks.js')
type Crashes = typeof import('./tasks/crash.tasks.js')

/** An executor, with its tasks. */
export interface Site {
  readonly name: string
  readonly executor: Pool
  /** Whether its threads end from time to time, so that their calls are lost. */
  readonly isWild: boolean
  readonly calls: Remote<Calls>
  readonly plain: RemoteSync<Calls>
  readonly objects: Remote<Objects>
  readonly plainObjects: RemoteSync<Objects>
  readonly callbacks: Remote<Callbacks>
  readonly plainCallbacks: RemoteSync<Callbacks>
  readonly crashes: Remote<Crashes>
}

/** The executors of the soak test: a pool that may lose nothing, a pool whose threads end, and the shared loop. */
export function openSites(): Site[] {
  const calm = createPool({ name: 'calm', minThreads: 2, maxThreads: 2, killGrace: 2000 })
  const wild = createPool({
    name: 'wild',
    minThreads: 2,
    maxThreads: 2,
    concurrencyPerThread: 2,
    killGrace: 30,
    resourceLimits: { maxOldGenerationSizeMb: 48 }
  })
  return [site(calm, false), site(wild, true), site(loop, false)]
}

const file = (name: string): URL => new URL(`./tasks/${name}.tasks.js`, import.meta.url)

function site(executor: Pool, isWild: boolean): Site {
  return {
    name: executor.name,
    executor,
    isWild,
    calls: executor.import<Calls>(file('call')),
    plain: executor.importSync<Calls>(file('call')),
    objects: executor.import<Objects>(file('object')),
    plainObjects: executor.importSync<Objects>(file('object')),
    callbacks: executor.import<Callbacks>(file('callback')),
    plainCallbacks: executor.importSync<Callbacks>(file('callback')),
    crashes: executor.import<Crashes>(file('crash'))
  }
}
