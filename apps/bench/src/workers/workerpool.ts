import workerpool from 'workerpool'
import { add, busy, compute, computeBriefly, computeLong, echo, noop } from './tasks.js'

workerpool.worker({ add, busy, compute, computeBriefly, computeLong, echo, noop })
