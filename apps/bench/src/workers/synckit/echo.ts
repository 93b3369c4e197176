import { runAsWorker } from 'synckit'
import { echo } from '../tasks.js'

runAsWorker(echo)
