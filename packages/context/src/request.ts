import { createContext } from './variable.js'

/**
 * Data of the current request. Add your own fields by declaration merging:
 * `declare module '@bridge/context' { interface RequestContext { userId?: string } }`
 */
export interface RequestContext {
  /** Identifies the request in logs, on every thread. */
  readonly id: string
}

/**
 * The current request, on every thread; `BridgeInterceptor` of `@bridge/nest` sets it.
 *
 * @example
 * ```ts
 * requestContext.run({ id: randomUUID() }, () => handle(request))
 * console.log(requestContext.get()?.id, 'loading') // in a worker too
 * ```
 */
export const requestContext = createContext<RequestContext>('request')
