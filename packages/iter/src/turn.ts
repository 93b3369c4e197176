/*
 * An item that is there already is given without waiting, and a synchronous generator steps without waiting, so a
 * fast stream would never let the event loop turn. All the streams of this thread share one budget at each end.
 */

/** Milliseconds that this thread's streams are drained, or stepped, before its event loop turns. */
const TURN = 4

/** The least that a stream gets of it: going on and off costs a few hundredths of a millisecond. */
const MIN_SHARE = 0.5

/**
 * When this turn of the event loop was first looked at, no number before. A field, which is written to where it stands:
 * of a variable each number were a new object, and one more page that the garbage collection looks through.
 */
const turn = { began: Number.NaN }

let producers = 0

/** Who waits for the next turn; there is one immediate for all of them. */
let waiting: (() => void)[] = []
let isComing = false

/** Whether the event loop has had no turn for so long, by the clock's `time`, that it is due to have one. */
export function isTurnOver(time: number): boolean {
  if (time - turn.began >= TURN) return true
  if (Number.isNaN(turn.began)) turn.began = time
  return false
}

/** Somebody waits for what the event loop brings, which turns meanwhile. */
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
 * The same for a producer, each in its own time: what its generator does next may take long, and all that follows from it
 * has happened when the next one goes on.
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

// Once for all: were each of them to say so, each would begin a turn of its own before the loop has had one.
function turned(): void {
  const resolves = waiting
  waiting = []
  isComing = false
  turn.began = Number.NaN
  for (const resolve of resolves) resolve()
}

/** One producer more that steps, or by -1 one less. */
export function countProducer(change: 1 | -1): void {
  producers += change
}

/** Milliseconds that a producer may step until the others, and the event loop, have their turn. */
export function producerShare(): number {
  return Math.max(MIN_SHARE, TURN / producers)
}
