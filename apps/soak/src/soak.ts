import { type Beat, startWatchdog } from './beat.js'
import type { Operation } from './operation.js'
import { operations } from './operations/all.js'
import { Random } from './random.js'
import { openSites, type Site } from './site.js'
import { openTickets } from './tickets.js'
import { brief, codeOf, Turn } from './turn.js'
import { grown, type Vitals, vitalsOf } from './vitals.js'

/** How many operations are in flight at once. */
const CLIENTS = 12

/** How long one may take, in milliseconds, before it counts as hung. */
const PATIENCE = 60_000

const LOOKING = 'looking at what is left'

function namesAt(sites: readonly Site[]): string[] {
  return [LOOKING, ...sites.flatMap(site => operations.map(operation => whereIs(operation, site)))]
}

function whereIs({ name }: Operation, site: Site): string {
  return `${name} on ${site.name}`
}

/** A run of the soak test, with its counts and failures. */
export class Soak {
  readonly sites: Site[]
  readonly errors = new Map<string, number>()
  readonly failures: string[] = []
  done = 0
  readonly #random: Random
  readonly #beat: Beat
  #isOver = false

  constructor(seed: number) {
    openTickets()
    this.#random = new Random(seed)
    this.sites = openSites()
    this.#beat = startWatchdog(namesAt(this.sites))
  }

  /** Runs operations for `milliseconds`. */
  async run(milliseconds: number): Promise<void> {
    this.#isOver = false
    const timer = setTimeout(() => {
      this.#isOver = true
    }, milliseconds)
    await Promise.all(
      Array.from({ length: CLIENTS }, () => this.#client(new Random(this.#random.from(0, 2 ** 32 - 1))))
    )
    clearTimeout(timer)
  }

  /** The state when nothing runs, compared with `before`. */
  async vitals(before?: Vitals): Promise<Vitals> {
    this.#beat.begin(LOOKING)
    try {
      return await vitalsOf(this.sites, before)
    } finally {
      this.#beat.end(LOOKING)
    }
  }

  compare(before: Vitals, after: Vitals): void {
    this.failures.push(...grown(before, after))
  }

  async close(): Promise<void> {
    await Promise.all(this.sites.map(({ executor }) => executor.close()))
  }

  async #client(random: Random): Promise<void> {
    while (!this.#isOver && this.failures.length === 0) {
      const operation = random.weighted(operations)
      const sites = operation.isWild === true ? this.sites.filter(({ isWild }) => isWild) : this.sites
      await this.#do(
        operation,
        new Turn(new Random(random.from(0, 2 ** 32 - 1)), random.oneOf(sites), operation.isBlocking === true)
      )
    }
  }

  async #do(operation: Operation, turn: Turn): Promise<void> {
    const where = whereIs(operation, turn.site)
    this.#beat.begin(where)
    let hung: NodeJS.Timeout | undefined
    try {
      const ended = operation.run(turn)
      if (ended instanceof Promise) {
        const late = new Promise<never>((_, reject) => {
          hung = setTimeout(() => reject(new Error(`still not done after ${PATIENCE / 1000} s`)), PATIENCE)
        })
        await Promise.race([ended, late])
      } else await new Promise(setImmediate)
    } catch (error) {
      const code = codeOf(error)
      if (turn.allows(error)) this.errors.set(code, (this.errors.get(code) ?? 0) + 1)
      else this.failures.push(`${where}: ${brief(error)}${causeOf(error)}`)
    } finally {
      clearTimeout(hung)
      this.#beat.end(where)
      this.done++
    }
  }
}

function causeOf(error: unknown): string {
  const { cause, stack } = error as Error
  return `\n${cause === undefined ? stack : (cause as Error).stack}`
}
