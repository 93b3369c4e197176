import { workerData } from 'node:worker_threads'
import type { ThreadData } from '../lane/wire.js'
import { printDirectly } from './output.js'
import { serveLane } from './serve-lane.js'

printDirectly()
serveLane(workerData as ThreadData)
