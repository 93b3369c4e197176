// Work whose spans and log lines the page shows; it calls back to its caller.
import { trace } from '@opentelemetry/api'
import { openData } from '../flights/data.js'
import { type LogLine, log, takeLines } from './log-lines.js'
import { takeSpans } from './telemetry.js'
import type { TraceSpan } from './trace-span.js'

const tracer = trace.getTracer('flights')

/** Counts the late flights; the main thread decides what is late. */
export async function lateFlights(late: () => Promise<number>): Promise<number> {
  const minutes = await late()
  log(`flights of at least ${minutes} minutes are late`)
  return tracer.startActiveSpan('sqlite', span => {
    const database = openData()
    try {
      const row = database.prepare('select count(*) as late from flights where delay >= ?').get(minutes)
      const { late } = row as { late: number }
      log(`${late} flights are late`)
      return late
    } finally {
      database.close()
      span.end()
    }
  })
}

/** The spans and log lines of a trace that this thread has kept. */
export function kept(traceId: string): { spans: TraceSpan[]; lines: LogLine[] } {
  return { spans: takeSpans(traceId), lines: takeLines(traceId) }
}
