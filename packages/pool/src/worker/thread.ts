import { workerData } from 'node:worker_threads'
import type { ThreadData } from '../lane/wire.js'
import { serveLane } from './serve-lane.js'

serveLane(workerData as ThreadData)
