import { MessageChannel } from 'node:worker_threads'
import {
  decodeThrown,
  type EncodedThrown,
  encodeThrown,
  notCloneable,
  type Transferable,
  takeTransfers
} from '@bridge/core/executor'
import type { HostIterator, HostRun, Outcome } from '@bridge/core/host'
import { notifier, serveStream } from '@bridge/iter'
import {
  CALL,
  type CallMessage,
  cancelledWord,
  DYING,
  ENDING,
  EXIT,
  GONE,
  READY,
  STARTED,
  STEPPING,
  STREAM,
  THROWN,
  type ThreadData,
  type ToOwner,
  type ToThread,
  takenBackWord,
  VALUE
} from '../lane/wire.js'
import type { RunTask } from './start-serving.js'

/**
 * The thread's end of a lane: runs what arrives and answers, for as long as the thread lives. `failure` is what keeps
 * it from running anything, where something does; `runTask` then answers so.
 */
export function serveLane(
  { port, wake, control }: ThreadData,
  runTask: RunTask,
  failure?: EncodedThrown
): void {
  const notify = notifier(wake)
  const runs = new Map<number, HostRun>()

  const send = (message: ToOwner, transfer?: readonly Transferable[]): void => {
    port.postMessage(message, transfer as [])
    notify()
  }

  const answer = (id: number, name: string, outcome: Outcome, runTime: number): void => {
    const run = runs.get(id)
    runs.delete(id)
    if (outcome.type === 'error') return send([THROWN, id, outcome.error])
    if (outcome.type === 'stream') {
      const { port1, port2 } = new MessageChannel()
      serveStream(port1, marked(outcome.bare, id, control), {
        enter: outcome.enter,
        onSend: notify,
        onStop: reason => run?.cancel(reason)
      })
      return send([STREAM, id, port2], [port2])
    }
    try {
      send([VALUE, id, outcome.value, runTime], takeTransfers([outcome.value]))
    } catch (error) {
      send([THROWN, id, encodeThrown(notCloneable(`${name}()`, 'its result', outcome.value, error))])
    }
  }

  const call = ([, id, module, name, args, deadline, context]: CallMessage): void => {
    const isCancelled = (): boolean => Atomics.load(control, cancelledWord(id)) === id
    // Counted first and looked at second; the owner looks in the other order. One of the two sees the other.
    const place = Atomics.add(control, STARTED, 1) + 1
    if (Atomics.load(control, takenBackWord(place)) === place) return
    if (Atomics.load(control, ENDING) === 1 || isCancelled()) return
    const began = performance.now()
    const run = runTask({ module, name, args, deadline, context }, isCancelled)
    runs.set(id, run)
    const end = (outcome: Outcome): void => answer(id, name, outcome, performance.now() - began)
    if (run.outcome instanceof Promise) run.outcome.then(end)
    else end(run.outcome)
  }

  port.on('message', (message: ToThread) => {
    if (message[0] === CALL) call(message)
    else runs.get(message[1])?.cancel(decodeThrown(message[2]))
  })

  process.on('uncaughtExceptionMonitor', error => send([DYING, encodeThrown(error)]))
  send([READY, failure])
  process.on('exit', code => {
    send([EXIT, code])
    Atomics.store(control, GONE, 1)
    notify()
  })
}

/** The iterator, with the word set that tells the owner whose generator is being stepped. */
function marked(iterator: HostIterator, id: number, control: ThreadData['control']): HostIterator {
  const step =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      control[STEPPING] = id
      try {
        return run(...args)
      } finally {
        control[STEPPING] = 0
      }
    }
  return {
    next: step((value?: unknown) => iterator.next(value)),
    return: step((value?: unknown) => iterator.return?.(value) ?? { done: true, value }),
    throw: step((error: unknown) => iterator.throw?.(error) ?? { done: true, value: undefined })
  } as HostIterator
}
