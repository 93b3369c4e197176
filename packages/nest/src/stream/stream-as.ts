import { InvalidArgumentError } from '@bridge/core'
import { checkMilliseconds, checkOptions, refuse } from '@bridge/core/internal'
import type { ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'

/** How a stream is written into a response. */
export type StreamFormat = 'ndjson' | 'json' | 'sse'

/** Options of `@StreamAs()`. */
export interface StreamAsOptions {
  /**
   * Whether an error after the first item is sent to the client, with the body with which its exception would be answered:
   * as a last line `{"error":…}` of NDJSON, or a last event named `error` of server-sent events. Otherwise the response is
   * aborted. `true` by default for 'sse'; not possible for 'json'.
   */
  readonly errors?: boolean
  /** Milliseconds without an event after which a comment is sent, so that no proxy closes the connection; only for 'sse'. */
  readonly heartbeat?: number
}

/** The format of a handler's stream, according to its decorators. */
export interface ChosenFormat extends StreamAsOptions {
  readonly format: StreamFormat
}

const FORMATS: readonly StreamFormat[] = ['ndjson', 'json', 'sse']

// With a fixed key, so that the interceptor of the other copy of this package (CommonJS beside ESM) reads it.
const StreamAsMetadata = Reflector.createDecorator<ChosenFormat>({ key: '@bridge/nest/stream-as' })

/** The metadata key by which Nest's `@Sse()` marks a handler. */
const SSE = '__sse__'

/**
 * Sends the stream that a handler returns in one format, whatever its items are: as lines of JSON, as one JSON array, or as
 * server-sent events. For the latter, an item that has `data` is an event as for Nest's `@Sse()` (`data`, `id`, `type`,
 * `retry`), and any other item is the data of an event; events without an `id` are numbered from 1. On a handler with
 * `@Sse()` it sets only the options. On a class it applies to all handlers. Needs `BridgeInterceptor`.
 *
 * @throws InvalidArgumentError when the format or an option is invalid, or does not belong to the format.
 * @example
 * ```ts
 * @Post('search')
 * @StreamAs('sse', { heartbeat: 15_000 })
 * search(@Body() query: Query) {
 *   return this.tasks.search(query)
 * }
 * ```
 */
export function StreamAs(
  format: StreamFormat,
  options: StreamAsOptions = {}
): MethodDecorator & ClassDecorator {
  if (!FORMATS.includes(format)) refuse('@StreamAs()', "format must be 'ndjson', 'json' or 'sse'", format)
  checkOptions('@StreamAs()', options ?? null, ['errors', 'heartbeat'])
  const { errors, heartbeat } = options
  if (errors !== undefined && typeof errors !== 'boolean') {
    refuse('@StreamAs()', 'errors must be true or false', errors)
  }
  checkMilliseconds('@StreamAs()', 'heartbeat', heartbeat)
  if (heartbeat === 0) refuse('@StreamAs()', 'heartbeat must be above zero', heartbeat)
  if (heartbeat !== undefined && format !== 'sse') {
    throw new InvalidArgumentError(
      `@StreamAs(): heartbeat is only for 'sse', not for '${format}'; leave it out`
    )
  }
  if (errors === true && format === 'json') {
    throw new InvalidArgumentError(
      "@StreamAs(): errors cannot be sent in 'json'; leave it out, or use 'ndjson'"
    )
  }
  return StreamAsMetadata({ format, ...options })
}

/** The options of `@StreamAs()` on a handler, otherwise on its class; `undefined` without one. */
export function chosenFormat(reflector: Reflector, context: ExecutionContext): ChosenFormat | undefined {
  return reflector.getAllAndOverride(StreamAsMetadata, [context.getHandler(), context.getClass()])
}

/** Whether Nest sends the handler's result as server-sent events. */
export function isSse(context: ExecutionContext): boolean {
  return Reflect.getMetadata(SSE, context.getHandler()) === true
}
