import { BULLMQ } from './cluster-bench.js'
import { randomKillTests } from './random-kills.js'

randomKillTests(BULLMQ, 1)
