import { NATS } from './cluster-bench.js'
import { stoppedCallerTests } from './stopped-callers.js'

stoppedCallerTests(NATS)
