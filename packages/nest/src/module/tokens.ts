import { refuse } from '@bridge/core/internal'

// A missing provider's token stands in Nest's message, which so says what to do.
const BEGIN = 'the executor of BridgeModule.forRoot('
const nameOf = (pool: string | undefined): string => `${BEGIN}${pool === undefined ? '' : `'${pool}'`})`

/**
 * Injection token of the executor that the classes of `defineTasks` run on. A test overrides it:
 * `.overrideProvider(BRIDGE_EXECUTOR).useValue(inline)`.
 */
export const BRIDGE_EXECUTOR: unique symbol = Symbol.for(nameOf(undefined))

/** Injection token of the options given to `BridgeModule`. */
export const BRIDGE_OPTIONS: unique symbol = Symbol.for('the options of BridgeModule.forRoot()')

/**
 * The injection token of the executor of a pool by its name, for tests and for providers with a factory; without a name
 * it is `BRIDGE_EXECUTOR`.
 *
 * @throws InvalidArgumentError when the name is no text, or empty.
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

/** Refuses what is no name of a pool. */
export function checkPoolName(where: string, name: unknown): void {
  if (typeof name !== 'string' || name === '')
    refuse(where, "a pool's name must be a text that is not empty", name)
}

/** The name of the pool whose executor has this token, where it is one. */
export function poolNameOf(token: unknown): { readonly name: string | undefined } | undefined {
  const key = typeof token === 'symbol' ? Symbol.keyFor(token) : undefined
  if (key?.startsWith(BEGIN) !== true) return undefined
  const name = key.slice(BEGIN.length, -1)
  return { name: name === '' ? undefined : name.slice(1, -1) }
}
