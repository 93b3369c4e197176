import { runAsWorker } from 'synckit'
import { readText } from '../tasks.js'

runAsWorker(readText)
