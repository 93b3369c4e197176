import { type Executor, InvalidArgumentError } from '@bridge/core'
import type { FactoryProvider } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import type { BridgePoolOptions } from './options.js'
import { OwnPool } from './own-pool.js'
import { getPoolToken } from './tokens.js'

/** Provides the executor of a module, from the options that are provided as `options`. */
export function executorProvider(name: string | undefined, options: symbol): FactoryProvider<Executor> {
  const token = getPoolToken(name)
  return {
    provide: token,
    inject: [options, OwnPool, ModulesContainer],
    useFactory: (given: BridgePoolOptions, own: OwnPool, modules: ModulesContainer) => {
      refuseTwice(modules, token, name)
      return given.executor ?? own.create(given, name)
    }
  }
}

// Of two global modules with the same token, the one imported last would win, and the other's pool would be unused.
function refuseTwice(modules: ModulesContainer, token: symbol, name: string | undefined): void {
  const ours = [...modules.values()].filter(module => module.providers.has(token))
  if (ours.length < 2) return
  const call = `BridgeModule.forRoot(${name === undefined ? '' : `'${name}'`})`
  throw new InvalidArgumentError(
    `${call}: ${ours.length} modules of this application are made by it; import only one, or give each a name of its own, ` +
      "as in BridgeModule.forRoot('cpu', { pool })"
  )
}
