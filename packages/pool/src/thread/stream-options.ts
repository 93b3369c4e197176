import type { Task } from '@bridge/core/executor'
import type { OpenOptions } from '@bridge/iter'

/** How the stream of a task is opened; milliseconds that stopping it waits, unless it is told. */
export function streamOptions(
  { stream }: Pick<Task, 'stream'>,
  closeTimeout: number
): Pick<OpenOptions, 'highWaterMark' | 'twoWay' | 'closeTimeout'> {
  return {
    highWaterMark: stream?.highWaterMark,
    twoWay: stream?.twoWay,
    closeTimeout: stream?.closeTimeout ?? closeTimeout
  }
}
