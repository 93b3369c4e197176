import { AsyncLocalStorage } from 'node:async_hooks'
import { InvalidArgumentError } from '@bridge/core'
import { shared } from '@bridge/core/internal'

/** The name of the module whose context is being started for tasks; shared by all copies of this package. */
const startingModule = shared('@bridge/nest/starting-module', () => new AsyncLocalStorage<string>())

/** Runs `start`, which starts the context of a module for tasks. */
export function whileStarting<R>(module: string, start: () => R): R {
  return startingModule.run(module, start)
}

/** Throws if a pool is being created in a context for tasks: each thread would start threads of its own. */
export function refusePoolForTasks(): void {
  const module = startingModule.getStore()
  if (module === undefined) return
  throw new InvalidArgumentError(
    `BridgeModule.forRoot(): providerTasks() starts ${module} in each thread, and a pool there would start threads of its ` +
      'own; pass providerTasks() a module that does not import BridgeModule, or call forRoot({ executor: inline }) in it'
  )
}
