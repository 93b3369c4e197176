import { callerFrames, decodeThrown } from '@bridge/core/executor'
import { type FAIL, type ToConsumer, unknownMessage } from '../protocol/wire.js'

/** The error that a producer has sent. */
export function thrownBy(message: Extract<ToConsumer, [typeof FAIL, ...unknown[]]>): unknown {
  try {
    return decodeThrown(message[2], callerFrames())
  } catch {
    return unknownMessage(message)
  }
}
