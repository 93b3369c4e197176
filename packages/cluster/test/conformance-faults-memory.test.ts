import { memory } from '@bridge/cluster'
import { describe } from 'vitest'
import { faultCasesOver } from './fault-cases-helpers.js'

describe('the second tier of the conformance suite over memory()', () => faultCasesOver(() => memory()))
