import { bullmq } from '@bridge/cluster/bullmq'
import { conformanceOver } from './conformance-helpers.js'

conformanceOver('redis-server', url => bullmq(url), [
  { workers: 2, blocking: false },
  { workers: 4, blocking: false },
  { workers: 2, blocking: true }
])
