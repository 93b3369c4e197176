import { runAsWorker } from 'sync-threads'
import { noop } from './tasks.js'

runAsWorker(noop)
