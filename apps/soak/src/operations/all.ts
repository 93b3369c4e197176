import type { Operation } from '../operation.js'
import { callbacks } from './callbacks.js'
import { calls } from './calls.js'
import { cancels } from './cancels.js'
import { crashes } from './crashes.js'
import { objects } from './objects.js'
import { streams } from './streams.js'
import { values } from './values.js'

/** All operations of the soak test. */
export const operations: readonly Operation[] = [
  ...calls,
  ...values,
  ...cancels,
  ...streams,
  ...objects,
  ...callbacks,
  ...crashes
]
