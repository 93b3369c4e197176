import type { Operation } from '../operation.js'
import { codeOf, type Turn } from '../turn.js'

/** The thread of a call that is to be killed may be lost by another crash first. */
const isLost = (error: unknown): boolean => codeOf(error) === 'BRIDGE_WORKER_LOST'

async function comesBack(turn: Turn): Promise<void> {
  const ticket = turn.ticket()
  turn.same(await turn.site.calls.plain(ticket), ticket, 'plain() after a crash')
}

/** Operations that end threads. */
export const crashes: readonly Operation[] = [
  {
    name: 'process.exit()',
    weight: 1,
    isWild: true,
    async run(turn) {
      await turn.fails(turn.site.crashes.exit(turn.random.from(0, 1)), isLost, 'exit()')
      await comesBack(turn)
    }
  },
  {
    name: 'process.exit(), blocking',
    weight: 0.5,
    isWild: true,
    isBlocking: true,
    async run(turn) {
      turn.failsSync(() => turn.site.crashes.exit(1).runSync(), isLost, 'exit() blocking')
      await comesBack(turn)
    }
  },
  {
    name: 'an uncaught error',
    weight: 1,
    isWild: true,
    async run(turn) {
      const { uncaught, unhandled } = turn.site.crashes
      const task = turn.random.oneOf([uncaught, unhandled])
      await turn.fails(task(turn.ticket()), isLost, 'an uncaught error')
      await comesBack(turn)
    }
  },
  {
    name: 'a runaway that is killed',
    weight: 1,
    isWild: true,
    async run(turn) {
      const isStopped = (error: unknown): boolean => codeOf(error) === 'BRIDGE_TIMEOUT' || isLost(error)
      await turn.fails(turn.site.crashes.spinForever().with({ timeout: 10 }), isStopped, 'spinForever()')
      await comesBack(turn)
    }
  },
  {
    name: 'an object whose thread ends',
    weight: 0.5,
    isWild: true,
    async run(turn) {
      const counter = new turn.site.objects.Counter(turn.ticket())
      await counter.add(1)
      const { exit } = turn.site.crashes
      await turn.fails(exit(0), isLost, 'exit()')
      await turn.fails(exit(0), isLost, 'exit() again')
      await counter.add(1)
    }
  },
  {
    name: 'a callback whose thread ends',
    weight: 1,
    isWild: true,
    async run(turn) {
      const die = turn.site.crashes.die(turn.random.from(1, 3), n => n)
      await turn.fails(die, isLost, 'die()')
      await comesBack(turn)
    }
  },
  {
    name: 'out of memory',
    weight: 0.05,
    isWild: true,
    async run(turn) {
      await turn.fails(turn.site.crashes.exhaust(), isLost, 'exhaust()')
      await comesBack(turn)
    }
  }
]
