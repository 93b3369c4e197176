import { refuse } from '@bridge/core/internal'

// Nest's message for a missing provider has its token, so this text says what to do.
const BEGIN = 'the executor of BridgeModule.forRoot('
const nameOf = (pool: string | undefined): string => `${BEGIN}${pool === undefined ? '' : `'${pool}'`})`

/**
 * Injection token of the executor on which the classes of `defineTasks` run. A test overrides it:
 * `.overrideProvider(BRIDGE_EXECUTOR).useValue(inline)`.
 */
export const BRIDGE_EXECUTOR: unique symbol = Symbol.for(nameOf(undefined))

/** Injection token of the options given to `BridgeModule`. */
export const BRIDGE_OPTIONS: unique symbol = Symbol.for('the options of BridgeModule.forRoot()')

/**
 * Injection token of the executor of a named pool, for tests and for providers with a factory; without a name it is
 * `BRIDGE_EXECUTOR`.
 *
 * @throws InvalidArgumentError when the name is not a string, or empty.
 * @example
 * ```ts
 * Test.createTestingModule({ imports: [AppModule] }).overrideProvider(getPoolToken('cpu')).useValue(inline)
 * ```
 */
export function getPoolToken(name?: string): symbol {
  if (name === undefined) return BRIDGE_EXECUTOR
  checkPoolName('getPoolToken()', name)
  return Symbol.for(nameOf(name))
}

/** Throws if the name cannot be a pool's name. */
export function checkPoolName(where: string, name: unknown): void {
  if (typeof name !== 'string' || name === '')
    refuse(where, "a pool's name must be a string that is not empty", name)
}

/** The name of the pool whose executor has this token; `undefined` for another token. */
export function poolNameOf(token: unknown): { readonly name: string | undefined } | undefined {
  const key = typeof token === 'symbol' ? Symbol.keyFor(token) : undefined
  if (key?.startsWith(BEGIN) !== true) return undefined
  const name = key.slice(BEGIN.length, -1)
  return { name: name === '' ? undefined : name.slice(1, -1) }
}
