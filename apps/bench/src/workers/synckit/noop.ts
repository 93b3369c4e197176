import { runAsWorker } from 'synckit'
import { noop } from '../tasks.js'

runAsWorker(noop)
