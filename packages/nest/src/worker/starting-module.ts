import { AsyncLocalStorage } from 'node:async_hooks'
import { InvalidArgumentError } from '@bridge/core'
import { shared } from '@bridge/core/internal'

/** The name of the module whose context is being started for tasks; all copies of this package must know it. */
const startingModule = shared('@bridge/nest/starting-module', () => new AsyncLocalStorage<string>())

/** Runs what starts the context of a module for tasks. */
export function whileStarting<R>(module: string, start: () => R): R {
  return startingModule.run(module, start)
}

/** Refuses to make a pool in a context that tasks have: each thread would start threads of its own. */
export function refusePoolForTasks(): void {
  const module = startingModule.getStore()
  if (module === undefined) return
  throw new InvalidArgumentError(
    `BridgeModule.forRoot(): providerTasks() starts ${module} in each thread, and a pool there would start threads of its ` +
      'own; give providerTasks() a module that does not import BridgeModule, or call forRoot({ executor: inline }) in it'
  )
}
