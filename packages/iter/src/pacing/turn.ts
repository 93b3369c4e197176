/*
 * An item that has arrived is returned without waiting, and a synchronous generator steps without waiting, so a fast stream
 * would never let the event loop turn. All streams of a thread share one time budget at each end.
 */

/** Milliseconds for which this thread's streams are drained, or stepped, before its event loop turns. */
const TURN = 4

/** The minimum share of a stream: pausing and resuming costs a few hundredths of a millisecond. */
const MIN_SHARE = 0.5

/**
 * When this turn of the event loop was first observed; NaN before that. A field, because it is updated in place: each value
 * of a variable would be a new heap number, and one more page for the garbage collector.
 */
const turn = { began: Number.NaN }

let producers = 0

/** The waits for the next turn; one immediate serves all of them. */
let waiting: (() => void)[] = []
let isComing = false

/** Whether, at `time`, the event loop has not turned for so long that it is due. */
export function isTurnOver(time: number): boolean {
  if (time - turn.began >= TURN) return true
  if (Number.isNaN(turn.began)) turn.began = time
  return false
}

/** To be called when a consumer awaits a message: the event loop turns in the meantime. */
export function expectTurn(): void {
  if (!isComing && !Number.isNaN(turn.began)) awaitTurn()
}

/** Resolves after the event loop's turn. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    waiting.push(resolve)
    if (!isComing) awaitTurn()
  })
}

/**
 * The same for a producer, each with its own immediate: the next step of a generator may take long, and its consequences
 * have been processed when the next producer continues.
 */
export function nextProducerTurn(): Promise<void> {
  return new Promise(resolve => {
    if (!isComing) awaitTurn()
    setImmediate(resolve)
  })
}

function awaitTurn(): void {
  isComing = true
  setImmediate(turned)
}

// Once for all of them: otherwise each would start a budget of its own before the loop has turned.
function turned(): void {
  const resolves = waiting
  waiting = []
  isComing = false
  turn.began = Number.NaN
  for (const resolve of resolves) resolve()
}

/** Counts a producer that starts to step, or by -1 one that stops. */
export function countProducer(change: 1 | -1): void {
  producers += change
}

/** Milliseconds for which a producer may step until other producers, and the event loop, have their turn. */
export function producerShare(): number {
  return Math.max(MIN_SHARE, TURN / producers)
}
