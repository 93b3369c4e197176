import { BULLMQ } from './cluster-bench.js'
import { keptJobTests } from './kept-jobs.js'
import { refusedCallTests } from './refused-calls.js'
import { runCallTests, waitingCallTests } from './run-calls.js'

refusedCallTests(BULLMQ)
waitingCallTests(BULLMQ)
runCallTests(BULLMQ)
keptJobTests(BULLMQ)
