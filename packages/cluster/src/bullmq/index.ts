export { bullmq } from './bullmq.js'
export type { BullmqJobsOptions, BullmqOptions } from './options.js'
