import type { Task } from '@bridge/core/executor'
import type { OpenOptions } from '@bridge/iter'

/** The options for opening a task's stream; `closeTimeout` is the time that stopping it waits, unless set. */
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
