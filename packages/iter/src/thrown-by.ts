import { callerFrames, decodeThrown } from '@bridge/core/executor'
import { type FAIL, type ToConsumer, unknownMessage } from './wire.js'

/** What a producer says that it threw. */
export function thrownBy(message: Extract<ToConsumer, [typeof FAIL, ...unknown[]]>): unknown {
  try {
    return decodeThrown(message[2], callerFrames())
  } catch {
    return unknownMessage(message)
  }
}
