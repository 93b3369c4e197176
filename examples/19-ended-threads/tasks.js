import { setTimeout as delay } from 'node:timers/promises'
import { currentSignal, currentTask } from '@bridge/pool'

/** Keeps its thread busy and never checks whether it should stop. */
export function spin() {
  for (;;);
}

/** Checks whether it should stop: the thread is kept. */
export function spinPolitely() {
  for (let n = 0; ; n++) if (n % 1000 === 0) currentTask().throwIfAborted()
}

/** Waits for something that has the signal: the thread is kept. */
export async function wait() {
  await delay(60_000, undefined, { signal: currentSignal() })
}

/** Waits for something that does not have the signal. */
export async function waitDeaf() {
  await delay(60_000, undefined, { ref: false })
}

export const now = () => 'at once'
