import { InvalidArgumentError } from '@bridge/core'
import { checkMilliseconds, checkOptions, refuse } from '@bridge/core/internal'
import type { ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'

/** How a stream is written into an answer. */
export type StreamFormat = 'ndjson' | 'json' | 'sse'

/** What `@StreamAs()` may be told. */
export interface StreamAsOptions {
  /**
   * Whether the client is told of an error after the first item, by what its exception would be answered with: in a last
   * line `{"error":…}` of NDJSON, in a last event named `error` of server-sent events. Otherwise the answer is cut off. For
   * 'sse' it is `true` unless set; JSON has no place for it.
   */
  readonly errors?: boolean
  /** Milliseconds without an event after which a comment is sent, so that no proxy closes the connection; for 'sse' alone. */
  readonly heartbeat?: number
}

/** What a handler's stream is written as, as its decorators say. */
export interface ChosenFormat extends StreamAsOptions {
  readonly format: StreamFormat
}

const FORMATS: readonly StreamFormat[] = ['ndjson', 'json', 'sse']

// Named, so that the interceptor of the other copy of this package (CommonJS beside ESM) reads it.
const StreamAsMetadata = Reflector.createDecorator<ChosenFormat>({ key: '@bridge/nest/stream-as' })

/** What Nest's `@Sse()` marks a handler with. */
const SSE = '__sse__'

/**
 * Sends the stream that a handler gives in one format, whatever its items are: as lines of JSON, as one array of JSON, or as
 * server-sent events. Of the latter an item that has `data` is an event as Nest's `@Sse()` has it (`data`, `id`, `type`,
 * `retry`), and any other is the data of one; those without an `id` are numbered from 1. On a handler of `@Sse()` it gives
 * the options for that. On a class it holds for all its handlers. Needs `BridgeInterceptor`.
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
      `@StreamAs(): heartbeat is for 'sse', and ${format} has no place for it; leave it out`
    )
  }
  if (errors === true && format === 'json') {
    throw new InvalidArgumentError("@StreamAs(): JSON has no place for errors; leave it out, or use 'ndjson'")
  }
  return StreamAsMetadata({ format, ...options })
}

/** What `@StreamAs()` says of a handler, before what it says of its class; `undefined` without one. */
export function chosenFormat(reflector: Reflector, context: ExecutionContext): ChosenFormat | undefined {
  return reflector.getAllAndOverride(StreamAsMetadata, [context.getHandler(), context.getClass()])
}

/** Whether Nest sends what the handler gives as server-sent events. */
export function isSse(context: ExecutionContext): boolean {
  return Reflect.getMetadata(SSE, context.getHandler()) === true
}
