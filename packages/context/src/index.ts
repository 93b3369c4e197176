/**
 * Context that travels with every bridge call: what `AsyncLocalStorage` is within a thread, across threads.
 * @module
 */

export { type CarryOptions, carry } from './carry.js'
export { type RequestContext, requestContext } from './request.js'
export {
  bindContext,
  type ContextJSON,
  type ContextSnapshot,
  captureContext,
  restoreContext
} from './snapshot.js'
export { type Context, type ContextOptions, createContext } from './variable.js'
