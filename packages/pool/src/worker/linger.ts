import { BEAT, BELL, LINGERING, SHORTLY, SPINNING, UNTIL_APART } from '../lane/wire.js'

/** How long, in milliseconds, a thread looks for the next call by itself after the last one. */
const LONGEST = 10

/** How much of that, in milliseconds, it spins where the owner has found that it pays. */
const LONGEST_SPIN = 0.2

/** How often, in milliseconds, the event loop turns in between. */
const TURN = 0.5

/**
 * How long, in milliseconds, it stands still at most where something may want it. A longer wait is cheaper: below a
 * few milliseconds the kernel must set a timer for each.
 */
const PARKED = 1

/** How many turns of the microtask queue an asynchronous function has to end before the event loop turns. */
const HOPS = 8

/** How often it looks at the bell between two looks at the clock. */
const LOOKS = 128

/** The same where nothing but the lane lives on the event loop, as far as Node tells. */
const PARKED_ALONE = 5

/** What is always there, and waits for nothing that the bell does not tell of. */
const OURS = 'MessagePort'

const settled = Promise.resolve()

/** What a thread that lingers asks of the one who serves its lane. */
export interface Lingerer {
  /** Runs the next call in the ring; `false` when there is none. */
  serve(): boolean
  /** The ring is empty for now. */
  onEmpty(): void
  /** Whether messages are on their way. */
  readonly hasMail: boolean
  /** Whether something runs or streams here that lives on the event loop. */
  readonly isBusy: boolean
}

/**
 * What a thread does after a call, whose caller is likely to make another at once. To wake a thread that sleeps in its
 * event loop takes longer than most calls, so it stays up for a moment and looks at its ring of requests, spinning, or
 * parked on a word that wakes it in a third of the time. While calls come, the loop turns every half millisecond;
 * between them it stands still no longer than the two bounds above.
 */
export class Linger {
  readonly #control: Int32Array<SharedArrayBuffer>
  readonly #lingerer: Lingerer
  #isUp = false
  #since = 0
  #turnEnds = 0
  #hops = 0
  #asked = 0
  #wasAlone = false

  constructor(control: Int32Array<SharedArrayBuffer>, lingerer: Lingerer) {
    this.#control = control
    this.#lingerer = lingerer
  }

  /** There may be something in the ring. */
  come(): void {
    if (this.#isUp) return
    this.#rise(performance.now())
    this.#look()
  }

  /** A call from the ring has been answered at `now`. */
  stay(now: number): void {
    this.#since = now
    if (this.#isUp) return
    this.#rise(now)
    settled.then(this.#look)
  }

  #rise(now: number): void {
    this.#isUp = true
    this.#turnEnds = now + TURN
    Atomics.store(this.#control, LINGERING, 1)
  }

  readonly #turn = (): void => {
    this.#turnEnds = performance.now() + TURN
    this.#look()
  }

  readonly #look = (): void => {
    for (;;) {
      // Read before looking: what comes in between changes it, and the wait below returns at once.
      const rung = Atomics.load(this.#control, BELL)
      if (this.#lingerer.serve()) {
        this.#hops = 0
        if (performance.now() >= this.#turnEnds) setImmediate(this.#turn)
        else settled.then(this.#look)
        return
      }
      this.#lingerer.onEmpty()
      if (this.#lingerer.isBusy && this.#hops++ < HOPS) {
        settled.then(this.#look)
        return
      }
      const now = performance.now()
      const spins = this.#spins(now)
      // Messages are served faster by a thread that sleeps in its event loop, and so is what waits for events.
      if (this.#lingerer.hasMail || (this.#lingerer.isBusy && !spins)) return this.#sleep()
      if (now >= this.#turnEnds || this.#lingerer.isBusy) {
        setImmediate(this.#turn)
        return
      }
      if (spins) this.#spin(rung)
      else if (now - this.#since > LONGEST) return this.#sleep()
      else Atomics.wait(this.#control, BELL, rung, this.#isAlone(now) ? PARKED_ALONE : PARKED)
    }
  }

  #sleep(): void {
    this.#isUp = false
    Atomics.store(this.#control, LINGERING, 0)
    // The owner fills the ring first and looks second; here it is the other way round, so one sees the other.
    if (this.#lingerer.serve()) this.come()
  }

  #spin(rung: number): void {
    Atomics.add(this.#control, BEAT, 1)
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.#control, BELL) !== rung) return
  }

  #spins(now: number): boolean {
    const spinning = Atomics.load(this.#control, SPINNING)
    return spinning === UNTIL_APART || (spinning === SHORTLY && now - this.#since < LONGEST_SPIN)
  }

  /** Whether the event loop has nothing to do but serve the lane, as of a moment ago. */
  #isAlone(now: number): boolean {
    if (now - this.#asked > PARKED) {
      this.#asked = now
      this.#wasAlone = process.getActiveResourcesInfo().every(resource => resource === OURS)
    }
    return this.#wasAlone
  }
}
