import { NATS } from './cluster-bench.js'
import { randomKillTests } from './random-kills.js'

randomKillTests(NATS, 1)
