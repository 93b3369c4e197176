import { InvalidArgumentError } from '@bridge/core'
import { checkFunction, checkOptions } from '@bridge/core/internal'
import type { FactoryProvider, ModuleMetadata, Provider, Type } from '@nestjs/common'
import type { BridgeModuleOptions } from './options.js'

/** A provider that makes the options of `BridgeModule`. */
export interface BridgeOptionsFactory<O extends object = BridgeModuleOptions> {
  createBridgeOptions(): O | Promise<O>
}

/** Arguments of `BridgeModule.forRootAsync`: where the options come from, in one of three ways. */
export interface BridgeModuleAsyncOptions<O extends object = BridgeModuleOptions> {
  readonly imports?: ModuleMetadata['imports']
  readonly inject?: FactoryProvider['inject']
  /** Makes the options; its parameters are the providers that `inject` lists. */
  readonly useFactory?: (...args: never[]) => O | Promise<O>
  /** A class that makes them, of which the module makes an instance. */
  readonly useClass?: Type<BridgeOptionsFactory<O>>
  /** A provider of one of `imports`, or of a global module, that makes them. */
  readonly useExisting?: Type<BridgeOptionsFactory<O>> | string | symbol
  /** Whether every module sees the executor without importing this module. `true` by default. */
  readonly isGlobal?: boolean
}

const KNOWN = ['imports', 'inject', 'useFactory', 'useClass', 'useExisting', 'isGlobal'] as const

/** The providers that make the options, as `token`; `check` validates the options. */
export function asyncOptions<O extends object>(
  where: string,
  options: BridgeModuleAsyncOptions<O>,
  token: symbol,
  check: (options: O) => void
): Provider[] {
  checkOptions(where, options ?? null, KNOWN)
  const { inject, useFactory, useClass, useExisting } = options
  const sources = [useFactory, useClass, useExisting].filter(source => source !== undefined)
  if (sources.length !== 1) {
    throw new InvalidArgumentError(`${where}: pass one of useFactory, useClass and useExisting`)
  }
  const checked = async (made: unknown): Promise<O> => {
    const known = (await made) as O
    check(known)
    return known
  }
  if (useFactory !== undefined) {
    checkFunction(where, 'useFactory', useFactory)
    const make = useFactory as (...args: unknown[]) => unknown
    return [
      { provide: token, inject: inject ?? [], useFactory: (...args: unknown[]) => checked(make(...args)) }
    ]
  }
  if (useClass !== undefined) checkFunction(where, 'useClass', useClass)
  const factory = (useExisting ?? useClass) as Type<BridgeOptionsFactory<O>>
  const provider: Provider = {
    provide: token,
    inject: [factory],
    useFactory: (made: BridgeOptionsFactory<O>) => checked(made.createBridgeOptions())
  }
  return useClass === undefined ? [provider] : [useClass, provider]
}
