import { MessageChannel } from 'node:worker_threads'
import {
  decodeThrown,
  type EncodedThrown,
  encodeThrown,
  notCloneable,
  type Transferable,
  takeTransfers
} from '@bridge/core/executor'
import type { HostRequest, HostRun, Outcome } from '@bridge/core/host'
import { notifier, serveStream } from '@bridge/iter'
import { plainText } from '../lane/plain-text.js'
import { Slot } from '../lane/slot.js'
import {
  CALL,
  CANCEL,
  cancelledWord,
  DYING,
  ENDING,
  EXIT,
  FUNCTION,
  GONE,
  IS_UNDEFINED,
  IS_VALUE,
  READY,
  REPLY_SLOT,
  REQUEST_SLOT,
  SAID_ITS_LAST,
  SENT,
  STARTED,
  STREAM,
  THROWN,
  type ThreadData,
  type ToOwner,
  type ToThread,
  takenBackWord,
  VALUE
} from '../lane/wire.js'
import { Linger } from './linger.js'
import { markSteps } from './mark-steps.js'
import type { RunTask } from './start-serving.js'

/** Lets a lane be served, by this way to run tasks; `failure` is what keeps it from running any, where something does. */
export type BeginServing = (runTask: RunTask, failure?: EncodedThrown) => void

/**
 * The thread's end of a lane: runs what arrives and answers, for as long as the thread lives. Its last words are said
 * from now on, whatever ends it; calls are read when what it returns is called.
 */
export function serveLane({ port, wake, control, slots }: ThreadData): BeginServing {
  const notify = notifier(wake)
  const requests = new Slot(slots, REQUEST_SLOT)
  const replies = new Slot(slots, REPLY_SLOT)
  const functions: (readonly [module: string, name: string])[] = []
  const runs = new Map<number, HostRun>()
  let streams = 0
  let runTask: RunTask

  const send = (message: ToOwner, transfer?: readonly Transferable[]): void => {
    port.postMessage(message, transfer as [])
    Atomics.add(control, SENT, 1)
    notify()
  }

  /** Answers by the slot, if the value is one for it. */
  const reply = (id: number, value: unknown, runTime: number): boolean => {
    const text = value === undefined ? '' : plainText(value)
    if (text === undefined) return false
    if (!replies.put(id, value === undefined ? IS_UNDEFINED : IS_VALUE, runTime, text)) return false
    notify()
    return true
  }

  const answer = (id: number, name: string, outcome: Outcome, runTime: number, bySlot: boolean): void => {
    const run = runs.get(id)
    runs.delete(id)
    if (outcome.type === 'error') return send([THROWN, id, outcome.error])
    if (outcome.type === 'stream') {
      const { port1, port2 } = new MessageChannel()
      streams++
      void serveStream(port1, markSteps(outcome.bare, id, control), {
        enter: outcome.enter,
        onSend: notify,
        // The thread itself tells what it ended of.
        lastWords: false,
        onStop: reason => run?.cancel(reason)
      }).then(() => streams--)
      return send([STREAM, id, port2], [port2])
    }
    if (bySlot && reply(id, outcome.value, runTime)) return
    try {
      send([VALUE, id, outcome.value, runTime], takeTransfers([outcome.value]))
    } catch (error) {
      send([THROWN, id, encodeThrown(notCloneable(`${name}()`, 'its result', outcome.value, error))])
    }
  }

  const call = (
    id: number,
    fn: number,
    args: readonly unknown[],
    deadline: number | undefined,
    context: HostRequest['context'],
    bySlot: boolean
  ): void => {
    const isCancelled = (): boolean => Atomics.load(control, cancelledWord(id)) === id
    // Counted first and looked at second; the owner looks in the other order. One of the two sees the other.
    const place = (Atomics.add(control, STARTED, 1) + 1) | 0
    if (Atomics.load(control, takenBackWord(place)) === place) return
    if (Atomics.load(control, ENDING) === 1 || isCancelled()) return
    const [module, name] = functions[fn] as [string, string]
    const began = performance.now()
    const run = runTask({ module, name, args, deadline, context }, isCancelled)
    runs.set(id, run)
    const end = (outcome: Outcome): void => {
      const ended = performance.now()
      answer(id, name, outcome, ended - began, bySlot)
      if (bySlot) linger.begin(ended)
    }
    if (run.outcome instanceof Promise) run.outcome.then(end)
    else end(run.outcome)
  }

  const serve = (): boolean => {
    const request = requests.take()
    if (request === undefined) return false
    const [args, context] = JSON.parse(request.text) as [unknown[], HostRequest['context']]
    call(request.id, request.tag, args, undefined, context, true)
    return true
  }

  const linger = new Linger(control, {
    serve,
    get isBusy() {
      return runs.size > 0 || streams > 0
    }
  })

  process.on('uncaughtExceptionMonitor', error => send([DYING, encodeThrown(error)]))
  process.on('exit', code => {
    send([EXIT, code])
    Atomics.store(control, GONE, SAID_ITS_LAST)
    notify()
  })

  return (way, failure) => {
    runTask = way
    port.on('message', (message: ToThread) => {
      // What is in the slot was sent before any message that is still to come.
      serve()
      if (message[0] === CALL) call(message[1], message[2], message[3], message[4], message[5], false)
      else if (message[0] === CANCEL) runs.get(message[1])?.cancel(decodeThrown(message[2]))
      else if (message[0] === FUNCTION) functions[message[1]] = [message[2], message[3]]
    })
    send([READY, failure])
  }
}
