import type { Task } from '@bridge/core/executor'
import { FIRST_ITEMS } from './wire.js'

/** How many items are asked for with a call, if it streams: none where its caller has said how far it may be ahead. */
export function askedWith({ stream, isPulled }: Pick<Task, 'stream' | 'isPulled'>): number {
  const isBound = stream?.highWaterMark !== undefined || stream?.twoWay === true
  return isPulled === true && !isBound ? FIRST_ITEMS : 0
}
