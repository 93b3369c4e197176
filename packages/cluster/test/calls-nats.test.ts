import { NATS } from './cluster-bench.js'
import { noJobTests } from './kept-jobs.js'
import { refusedCallTests } from './refused-calls.js'
import { runCallTests, waitingCallTests } from './run-calls.js'

refusedCallTests(NATS)
waitingCallTests(NATS)
runCallTests(NATS)
noJobTests(NATS)
