/**
 * Injection token of the executor that the classes of `defineTasks` run on. A test overrides it:
 * `.overrideProvider(BRIDGE_EXECUTOR).useValue(inline)`.
 */
export const BRIDGE_EXECUTOR: unique symbol = Symbol.for('@bridge/nest/executor')

/** Injection token of the options given to `BridgeModule`. */
export const BRIDGE_OPTIONS: unique symbol = Symbol.for('@bridge/nest/options')
