/*
 * An item that is there already is given without waiting, and a synchronous generator steps without waiting, so a
 * fast stream would never let the event loop turn. All the streams of this thread share one budget at each end.
 */

/** Milliseconds that this thread's streams are drained, or stepped, before its event loop turns. */
const TURN = 4

/** The least that a stream gets of it: going on and off costs a few hundredths of a millisecond. */
const MIN_SHARE = 0.5

let began: number | undefined
let producers = 0

const ended = (): void => {
  began = undefined
}

/** Whether the event loop has had no turn for so long, by the clock's `time`, that it is due to have one. */
export function isTurnOver(time: number): boolean {
  if (began === undefined) {
    began = time
    // It runs when the loop has turned; there is none while nobody drains anything.
    setImmediate(ended)
  }
  return time - began >= TURN
}

/** Resolves after the event loop's turn. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    setImmediate(resolve)
  })
}

/** One producer more that steps, or by -1 one less. */
export function countProducer(change: 1 | -1): void {
  producers += change
}

/** Milliseconds that a producer may step until the others, and the event loop, have their turn. */
export function producerShare(): number {
  return Math.max(MIN_SHARE, TURN / producers)
}
