import { runAsWorker } from 'synckit'
import { hash } from './tasks.js'

runAsWorker(hash)
