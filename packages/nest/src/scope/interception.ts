import { randomUUID } from 'node:crypto'
import { type RequestContext, requestContext } from '@bridge/context'
import type { CallHandler, ExecutionContext } from '@nestjs/common'
import type { Reflector } from '@nestjs/core'
import type { BridgeModuleOptions } from '../module/options.js'

/** A handler's execution that the interceptor wraps. */
export interface Interception {
  readonly context: ExecutionContext
  readonly next: CallHandler
  readonly options: BridgeModuleOptions
  readonly reflector: Reflector
  /** In milliseconds: the handler's, its class's or the module's deadline. */
  readonly deadline: number | undefined
}

/** The context of a message or an operation. Without its own id it has the id of the surrounding context, or a new one. */
export function messageContext(
  { context, options }: Interception,
  newId: () => string = randomUUID
): RequestContext {
  const outer = requestContext.get()
  const own = options.messageId?.(context)
  const id = typeof own === 'string' && own !== '' ? own : (outer?.id ?? newId())
  return options.context?.(context, id) ?? (outer?.id === id ? outer : { id })
}
