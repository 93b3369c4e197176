import type { Task } from '@bridge/core/executor'
import { FIRST_ITEMS } from './wire.js'

/**
 * How many items are asked for with a call, if it streams: none where its caller has said how far it may be ahead, or how
 * long one item may take, which counts from when it knows of the stream.
 */
export function askedWith({ stream, isPulled, itemTimeout }: Task): number {
  const isBound = stream?.highWaterMark !== undefined || stream?.twoWay === true || itemTimeout !== undefined
  return isPulled === true && !isBound ? FIRST_ITEMS : 0
}
