import { currentSignal } from '@bridge/core'
import { createParamDecorator } from '@nestjs/common'

/**
 * Gives a handler its signal, the one of `currentSignal()`: it aborts when the client goes away or the deadline passes.
 * For HTTP, RPC, WebSocket and GraphQL handlers that `BridgeInterceptor` surrounds; `undefined` where nothing bounds
 * the handler.
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
