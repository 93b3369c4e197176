import { nats } from '@bridge/cluster/nats'
import { conformanceOver } from './conformance-helpers.js'

conformanceOver('nats-server', url => nats(url), [
  { workers: 2, blocking: false },
  { workers: 4, blocking: false },
  { workers: 2, blocking: true }
])
