import { BEAT, BUSY_WAITING, SHORTLY, SPINNING, UNTIL_SEPARATED, WAKE_COUNT } from '../connection/wire.js'

/** How long, in milliseconds, a thread waits by itself for the next call after the last one. */
const LONGEST = 10

/** How much of that time, in milliseconds, it spins if the parent has measured that spinning is faster. */
const LONGEST_SPIN = 0.2

/** How often, in milliseconds, the event loop turns in between. */
const TURN = 0.5

/**
 * How long, in milliseconds, it parks at most while the event loop may have work. A longer wait is cheaper: below a few
 * milliseconds the kernel must set a timer for each.
 */
const PARKED = 1

/** How many turns of the microtask queue an asynchronous function may take before the event loop turns. */
const HOPS = 8

/** How often it reads WAKE_COUNT between two reads of the clock. */
const LOOKS = 128

/** The same if only the connection uses the event loop, as far as Node reports. */
const PARKED_ALONE = 5

/** The resource that always exists; WAKE_COUNT announces its messages. */
const OURS = 'MessagePort'

const settled = Promise.resolve()

/** What a busy-waiting thread needs from the code that serves its connection. */
export interface RingServer {
  /** Runs the next call in the ring; `false` when there is none. */
  serve(): boolean
  /** The ring is empty for now. */
  onEmpty(): void
  /** Whether messages are on their way. */
  readonly hasMail: boolean
  /** Whether calls or streams that need the event loop run here. */
  readonly isBusy: boolean
}

/**
 * What a thread does after a call, whose caller is likely to make another one soon. Waking a thread that sleeps in its
 * event loop takes longer than most calls, so it stays awake for a moment and reads its ring of requests, spinning, or
 * parked on a word that wakes it in a third of the time. While calls arrive, the loop turns every half millisecond;
 * between them it waits no longer than the two limits above.
 */
export class BusyWait {
  readonly #control: Int32Array<SharedArrayBuffer>
  readonly #ringServer: RingServer
  #isUp = false
  #since = 0
  #turnEnds = 0
  #hops = 0
  #asked = 0
  #wasAlone = false

  constructor(control: Int32Array<SharedArrayBuffer>, ringServer: RingServer) {
    this.#control = control
    this.#ringServer = ringServer
  }

  /** The ring may contain an entry. */
  start(): void {
    if (this.#isUp) return
    this.#stayAwake(performance.now())
    this.#look()
  }

  /** A call from the ring has been answered at `now`. */
  extend(now: number): void {
    this.#since = now
    if (this.#isUp) return
    this.#stayAwake(now)
    settled.then(this.#look)
  }

  #stayAwake(now: number): void {
    this.#isUp = true
    this.#turnEnds = now + TURN
    Atomics.store(this.#control, BUSY_WAITING, 1)
  }

  readonly #turn = (): void => {
    this.#turnEnds = performance.now() + TURN
    this.#look()
  }

  readonly #look = (): void => {
    for (;;) {
      // Loaded before the ring is read: a call that arrives in between changes it, and the wait below returns
      // immediately.
      const seen = Atomics.load(this.#control, WAKE_COUNT)
      if (this.#ringServer.serve()) {
        this.#hops = 0
        if (performance.now() >= this.#turnEnds) setImmediate(this.#turn)
        else settled.then(this.#look)
        return
      }
      this.#ringServer.onEmpty()
      if (this.#ringServer.isBusy && this.#hops++ < HOPS) {
        settled.then(this.#look)
        return
      }
      const now = performance.now()
      const spins = this.#spins(now)
      // Messages are served faster by a thread that sleeps in its event loop, and so are calls that wait for events.
      if (this.#ringServer.hasMail || (this.#ringServer.isBusy && !spins)) return this.#sleep()
      if (now >= this.#turnEnds || this.#ringServer.isBusy) {
        setImmediate(this.#turn)
        return
      }
      if (spins) this.#spin(seen)
      else if (now - this.#since > LONGEST) return this.#sleep()
      else Atomics.wait(this.#control, WAKE_COUNT, seen, this.#isAlone(now) ? PARKED_ALONE : PARKED)
    }
  }

  #sleep(): void {
    this.#isUp = false
    Atomics.store(this.#control, BUSY_WAITING, 0)
    // The parent writes to the ring first and reads the word second; this thread does the opposite, so one of them sees
    // the other's change.
    if (this.#ringServer.serve()) this.start()
  }

  #spin(seen: number): void {
    Atomics.add(this.#control, BEAT, 1)
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.#control, WAKE_COUNT) !== seen) return
  }

  #spins(now: number): boolean {
    const spinning = Atomics.load(this.#control, SPINNING)
    return spinning === UNTIL_SEPARATED || (spinning === SHORTLY && now - this.#since < LONGEST_SPIN)
  }

  /** Whether the event loop only serves the connection, as of a moment ago. */
  #isAlone(now: number): boolean {
    if (now - this.#asked > PARKED) {
      this.#asked = now
      this.#wasAlone = process.getActiveResourcesInfo().every(resource => resource === OURS)
    }
    return this.#wasAlone
  }
}
