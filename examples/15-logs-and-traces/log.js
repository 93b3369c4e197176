import { requestContext } from '@bridge/context'
import { trace } from '@opentelemetry/api'
import pino from 'pino'

export const log = pino(
  {
    base: undefined,
    timestamp: false,
    mixin: () => ({ request: requestContext.get()?.id, isTraced: trace.getActiveSpan() !== undefined })
  },
  // Writes at once, so that the lines of a thread come before the caller's next line.
  pino.destination({ sync: true })
)
