import type { Operation } from '../operation.js'
import { codeOf, type Turn, Wrong } from '../turn.js'

const isTimeout = (error: unknown): boolean => codeOf(error) === 'BRIDGE_TIMEOUT'

/** It either returned its own result or was stopped, and ran at most once. */
async function ends(
  turn: Turn,
  ticket: number,
  call: PromiseLike<unknown>,
  isStop: (error: unknown) => boolean
): Promise<void> {
  try {
    turn.same(await call, ticket, 'what was to be stopped')
  } catch (error) {
    if (error instanceof Wrong) throw error
    turn.failed(error, isStop, 'what was to be stopped')
  }
  turn.atMostOnce(ticket)
}

/** Stopped by a timeout, a signal or cancel(), early, late or just when it ends. */
export const cancels: readonly Operation[] = [
  {
    name: 'timeout',
    weight: 4,
    async run(turn) {
      const ticket = turn.ticket()
      const call = turn.site.calls.later(ticket, turn.random.from(0, 10))
      await ends(turn, ticket, call.with({ timeout: turn.random.from(1, 10) }), isTimeout)
    }
  },
  {
    name: 'timeout of what watches its signal',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      const { untilAborted, spinUntilAborted } = turn.site.calls
      const task = turn.random.oneOf([untilAborted, spinUntilAborted])
      await turn.fails(task(ticket).with({ timeout: turn.random.from(1, 10) }), isTimeout, task.name)
      turn.atMostOnce(ticket)
    }
  },
  {
    name: 'timeout blocking',
    weight: 2,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      const call = turn.site.calls.untilAborted(ticket).with({ timeout: turn.random.from(1, 5) })
      turn.failsSync(() => call.runSync(), isTimeout, 'untilAborted() blocking')
      turn.atMostOnce(ticket)
    }
  },
  {
    name: 'runTimeout',
    weight: 2,
    async run(turn) {
      const ticket = turn.ticket()
      await turn.fails(
        turn.site.calls.untilAborted(ticket).with({ runTimeout: 3 }),
        isTimeout,
        'untilAborted()'
      )
      turn.atMostOnce(ticket)
    }
  },
  {
    name: 'abort',
    weight: 4,
    async run(turn) {
      const ticket = turn.ticket()
      const reason = new Error(`aborted ${ticket}`)
      const controller = new AbortController()
      const call = turn.site.calls
        .later(ticket, turn.random.from(0, 5))
        .with({ signal: controller.signal })
        .start()
      const wait = turn.random.from(0, 5)
      if (wait === 0) controller.abort(reason)
      else setTimeout(() => controller.abort(reason), wait)
      await ends(turn, ticket, call, error => error === reason)
    }
  },
  {
    name: 'cancel()',
    weight: 4,
    async run(turn) {
      const ticket = turn.ticket()
      const future = turn.site.calls.later(ticket, turn.random.from(0, 5)).start()
      const wait = turn.random.from(0, 5)
      if (wait === 0) future.cancel()
      else setTimeout(() => future.cancel(), wait)
      await ends(turn, ticket, future, error => codeOf(error) === 'BRIDGE_ABORTED')
    }
  },
  {
    name: 'cancel() just as it ends',
    weight: 3,
    async run(turn) {
      const ticket = turn.ticket()
      const future = turn.site.calls.plain(ticket).start()
      // It may reject before it is awaited.
      future.catch(() => {})
      for (let hops = turn.random.from(0, 3); hops > 0; hops--) await new Promise(setImmediate)
      future.cancel()
      await ends(turn, ticket, future, error => codeOf(error) === 'BRIDGE_ABORTED')
    }
  },
  {
    name: 'a storm of aborts',
    weight: 2,
    async run(turn) {
      const controller = new AbortController()
      const reason = new Error('a storm')
      const { plain, later, untilAborted } = turn.site.calls
      // The abort cannot run while this thread is blocked, which may be because exactly these threads are occupied.
      const limited = (n: number) => untilAborted(n).with({ runTimeout: 20 })
      const storm = Array.from({ length: turn.random.from(20, 150) }, () => {
        const ticket = turn.ticket()
        const task = turn.random.oneOf([plain, limited, (n: number) => later(n, 3)])
        return [ticket, task(ticket).with({ signal: controller.signal }).start()] as const
      })
      const wait = turn.random.from(0, 4)
      const stop = (): void => controller.abort(reason)
      if (wait === 0) stop()
      else setTimeout(stop, wait)
      const all = storm.map(([ticket, call]) =>
        ends(turn, ticket, call, error => error === reason || isTimeout(error))
      )
      for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason
    }
  },
  {
    name: 'cancel(), then waitSync()',
    weight: 2,
    isBlocking: true,
    run(turn) {
      const ticket = turn.ticket()
      const future = turn.site.calls.untilAborted(ticket).start()
      future.cancel()
      turn.failsSync(
        () => future.waitSync(),
        error => codeOf(error) === 'BRIDGE_ABORTED',
        'waitSync() after cancel()'
      )
      turn.atMostOnce(ticket)
    }
  }
]
