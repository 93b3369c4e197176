import workerpool from 'workerpool'
import { add, busy, compute, echo, noop } from './tasks.js'

workerpool.worker({ add, busy, compute, echo, noop })
