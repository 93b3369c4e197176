import { byId, figure, milliseconds, sleep } from './dom.js'

/** The last step of the slider: no limit. */
const UNLIMITED = 20
/** Rows per second, growing with each step. */
const rateOf = (step: number): number =>
  step === UNLIMITED ? Number.POSITIVE_INFINITY : Math.round(200 * 1.35 ** step)

interface Made {
  readonly made: number
  readonly isOver: boolean
}

/** A stream of rows, with a speed and a stop button for the visitor. */
export class RowStream {
  readonly #start = byId<HTMLButtonElement>('stream-start')
  readonly #stop = byId<HTMLButtonElement>('stream-stop')
  readonly #speed = byId<HTMLInputElement>('speed')
  readonly #progress = byId<HTMLProgressElement>('stream-progress')
  readonly #state = byId('stream-state')
  readonly #result = byId('stream-result')
  #leaving: AbortController | undefined
  #stopped = 0

  constructor() {
    this.#start.addEventListener('click', () => void this.#run())
    this.#stop.addEventListener('click', () => {
      this.#stopped = performance.now()
      this.#leaving?.abort()
    })
    this.#speed.addEventListener('input', () => this.#showSpeed())
    this.#showSpeed()
  }

  #showSpeed(): void {
    const rate = rateOf(this.#speed.valueAsNumber)
    byId('speed-value').textContent =
      rate === Number.POSITIVE_INFINITY ? 'as fast as they come' : `${figure(rate)} rows a second`
  }

  async #run(): Promise<void> {
    this.#start.disabled = true
    this.#stop.disabled = false
    this.#result.textContent = ''
    this.#state.textContent = 'Requested; it waits for a thread while reports run.'
    this.#leaving = new AbortController()
    const id = crypto.randomUUID()
    const began = performance.now()
    let read = 0
    try {
      const response = await fetch('/flights?minDelay=-1000', {
        headers: { 'x-request-id': id },
        signal: this.#leaving.signal
      })
      for await (const rows of rowsOf(response, this.#leaving.signal)) {
        read += rows
        this.#showRate(read, began)
        await this.#pace(rows)
      }
      const { made } = await madeOf(id)
      this.#result.textContent = `Complete: made ${figure(made)}, read ${figure(read)}, in ${figure(performance.now() - began)} ms.`
    } catch {
      this.#result.textContent = await this.#ended(id, read)
    } finally {
      this.#start.disabled = false
      this.#stop.disabled = true
    }
  }

  #showRate(read: number, began: number): void {
    this.#progress.value = read
    const rate = read / ((performance.now() - began) / 1000)
    this.#state.textContent = `${figure(read)} rows, ${figure(rate)} a second`
  }

  /** Waits for the time that the given number of rows should take. */
  #pace(rows: number): Promise<void> | undefined {
    const rate = rateOf(this.#speed.valueAsNumber)
    return rate === Number.POSITIVE_INFINITY ? undefined : sleep((rows / rate) * 1000)
  }

  /** Polls until the generator's `finally` has run. */
  async #ended(id: string, read: number): Promise<string> {
    for (let asked = 0; asked < 100; asked++) {
      const { made, isOver } = await madeOf(id)
      const after = performance.now() - this.#stopped
      if (isOver)
        return `Stopped: made ${figure(made)}, read ${figure(read)}, its finally ran, after ${milliseconds(after)} ms.`
      await sleep(1)
    }
    return 'Stopped, but its generator continues.'
  }
}

async function madeOf(id: string): Promise<Made> {
  return (await (await fetch(`/streams/${id}`)).json()) as Made
}

/** The number of rows in each part of the response; parts are small, so that a slow reader reads slowly. */
async function* rowsOf(response: Response, signal: AbortSignal): AsyncGenerator<number> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    for (let from = 0; from < value.length; from += PART) {
      signal.throwIfAborted()
      yield value.subarray(from, from + PART).reduce((rows, byte) => rows + (byte === NEWLINE ? 1 : 0), 0)
    }
  }
}

const NEWLINE = 10
/** In bytes; some hundred rows. */
const PART = 4096
