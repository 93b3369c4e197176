import { NATS } from './cluster-bench.js'
import { lostCallerTests } from './lost-callers.js'
import { lostServerTests } from './lost-servers.js'
import { lostWorkerTests } from './lost-workers.js'

lostWorkerTests(NATS)
lostServerTests(NATS)
lostCallerTests(NATS)
