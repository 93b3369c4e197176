import './telemetry.js'
import { requestContext } from '@bridge/context'
import { createPool } from '@bridge/pool'
import { trace } from '@opentelemetry/api'
import { log } from './log.js'

// Each thread starts OpenTelemetry, too.
const pool = createPool({ setup: new URL('./telemetry.js', import.meta.url) })
const { priceOf } = pool.import(new URL('./prices.js', import.meta.url))

await requestContext.run({ id: 'r1' }, () =>
  trace.getTracer('app').startActiveSpan('request', async span => {
    log.info('begins')
    const price = await priceOf('apple')
    log.info(`${price}`)
    span.end()
  })
)
// prints: {"level":30,"request":"r1","isTraced":true,"msg":"begins"}
// prints: {"level":30,"request":"r1","isTraced":true,"msg":"looks for apple"}
// prints: span look up
// prints: span bridge.call
// prints: {"level":30,"request":"r1","isTraced":true,"msg":"5"}
// prints: span request

await pool.close()
