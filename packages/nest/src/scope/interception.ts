import { randomUUID } from 'node:crypto'
import { type RequestContext, requestContext } from '@bridge/context'
import type { CallHandler, ExecutionContext } from '@nestjs/common'
import type { Reflector } from '@nestjs/core'
import type { BridgeModuleOptions } from '../module/options.js'

/** A handler that the interceptor surrounds. */
export interface Interception {
  readonly context: ExecutionContext
  readonly next: CallHandler
  readonly options: BridgeModuleOptions
  readonly reflector: Reflector
  /** Milliseconds; the handler's, its class's or the module's. */
  readonly deadline: number | undefined
}

/** The context of a message or an operation; where it has no id of its own, that of what surrounds it, or a new one. */
export function messageContext(
  { context, options }: Interception,
  newId: () => string = randomUUID
): RequestContext {
  const outer = requestContext.get()
  const own = options.messageId?.(context)
  const id = typeof own === 'string' && own !== '' ? own : (outer?.id ?? newId())
  return options.context?.(context, id) ?? (outer?.id === id ? outer : { id })
}
