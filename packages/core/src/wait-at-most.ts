import { Timer } from './clock.js'

/**
 * Waits for `promise`, but no longer than `milliseconds`; returns whether it settled in time. It leaves no timer
 * behind.
 */
export function waitAtMost(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: Timer | undefined
  const late = new Promise<boolean>(resolve => {
    timer = new Timer(milliseconds, () => resolve(false))
  })
  return Promise.race([promise.then(() => true), late]).finally(() => timer?.stop())
}
