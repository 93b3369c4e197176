import { createContext } from './variable.js'

/**
 * What is known of the request that code works for. Add your own parts by declaration merging:
 * `declare module '@bridge/context' { interface RequestContext { userId?: string } }`
 */
export interface RequestContext {
  /** Names the request in logs, on every thread. */
  readonly id: string
}

/**
 * The request that this code works for, on every thread; `BridgeInterceptor` of `@bridge/nest` sets it.
 *
 * @example
 * ```ts
 * requestContext.run({ id: randomUUID() }, () => handle(request))
 * console.log(requestContext.get()?.id, 'loading') // in a worker too
 * ```
 */
export const requestContext = createContext<RequestContext>('request')
