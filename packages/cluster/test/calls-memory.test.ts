import { MEMORY } from './cluster-bench.js'
import { keptJobTests } from './kept-jobs.js'
import { refusedCallTests } from './refused-calls.js'
import { runCallTests, waitingCallTests } from './run-calls.js'

refusedCallTests(MEMORY)
waitingCallTests(MEMORY)
runCallTests(MEMORY)
keptJobTests(MEMORY)
