import type { ExecutionContext } from '@nestjs/common'

/** The context of a request before its route is known: without a class and a handler. */
export function earlyContext(
  ...args: [request: unknown, response: unknown, next: unknown]
): ExecutionContext {
  const elsewhere = (): never => {
    throw new TypeError('This is an HTTP request: use switchToHttp()')
  }
  const unknown = (): never => undefined as never
  return {
    getType: <T extends string>() => 'http' as T,
    getClass: unknown,
    getHandler: unknown,
    getArgs: <T extends unknown[]>() => args as unknown as T,
    getArgByIndex: <T>(index: number) => args[index] as T,
    switchToHttp: () => ({
      getRequest: <T>() => args[0] as T,
      getResponse: <T>() => args[1] as T,
      getNext: <T>() => args[2] as T
    }),
    switchToRpc: elsewhere,
    switchToWs: elsewhere
  }
}
