import { currentSignal } from '@bridge/core'
import { createParamDecorator } from '@nestjs/common'

/**
 * A handler's parameter with its signal, that of `currentSignal()`: it aborts when the client disconnects or the deadline
 * passes. For HTTP, RPC, WebSocket and GraphQL handlers under `BridgeInterceptor`; `undefined` for a handler outside of
 * any scope.
 *
 * @example
 * ```ts
 * @Get('proxied')
 * proxied(@RequestSignal() signal: AbortSignal) {
 *   return fetch('http://backend/report', { signal }).then(response => response.text())
 * }
 * ```
 */
export const RequestSignal: () => ParameterDecorator = createParamDecorator(() => currentSignal())
