import { NativePromise } from './promise.js'

/** Waits for `promise`, but no longer than `milliseconds`; whether it came in time. It leaves no timer behind. */
export function waitAtMost(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new NativePromise<boolean>(resolve => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  return NativePromise.race([promise.then(() => true), late]).finally(() => clearTimeout(timer))
}
