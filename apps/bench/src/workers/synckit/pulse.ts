import { runAsWorker } from 'synckit'
import { pulse } from '../tasks.js'

runAsWorker(pulse)
