import type { Task } from '@bridge/core/executor'
import { FIRST_ITEMS } from './wire.js'

/** How many items are requested with a call, if it streams: none if its caller has limited how far ahead it may be. */
export function askedWith({ stream, isPulled }: Pick<Task, 'stream' | 'isPulled'>): number {
  const isBound = stream?.highWaterMark !== undefined || stream?.twoWay === true
  return isPulled === true && !isBound ? FIRST_ITEMS : 0
}
