import { workerData } from 'node:worker_threads'
import type { StartData } from '../lane/wire.js'
import { printDirectly } from './output.js'
import { startServing } from './start-serving.js'

printDirectly()
startServing(workerData as StartData)
