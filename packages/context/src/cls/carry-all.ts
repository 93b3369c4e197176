import { type CarryClsOptions, carryCls } from './carrier.js'

carryCls()

export { type CarryClsOptions, carryCls }
