import { threadId } from 'node:worker_threads'
import { CallAbortedError, type CarriedContext } from '@bridge/core'
import { decodeThrown, type EncodedThrown, encodeThrown, unreadable } from '@bridge/core/executor'
import type { HostRequest, HostRun, Outcome } from '@bridge/core/host'
import { RootContext } from '@bridge/core/internal'
import { notifier, receiveBy, serveStream } from '@bridge/iter'
import { BEGUN } from '../callback/wire.js'
import { ById } from '../lane/by-id.js'
import { CancelledCalls } from '../lane/cancelled.js'
import { KEEPS_CHANNELS } from '../lane/keeps-channels.js'
import { ReadHeads } from '../lane/message-heads.js'
import { type Entry, Ring } from '../lane/ring.js'
import { callOf, isContext } from '../lane/ring-calls.js'
import {
  BACK,
  BELL,
  CALL,
  CANCEL,
  DISPOSABLES,
  DROP,
  DYING,
  END,
  ENDING,
  EXIT,
  FINISH,
  FIRST_ITEMS,
  FUNCTION,
  GENERATORS,
  GONE,
  HEAD,
  type HeadMessage,
  LEFT,
  POSTED,
  READY,
  RELEASE,
  REQUESTS,
  type References,
  SAID_ITS_LAST,
  SKIPPED,
  STARTED,
  STREAM,
  type StartData,
  THREAD_WOKEN,
  THROWN,
  TO_THREAD,
  type ToThread,
  TURNS,
  takenBackWord,
  UNREAD,
  WAKE
} from '../lane/wire.js'
import { Caller } from './callback/caller.js'
import { type InnerCalls, runInner } from './callback/inner-call.js'
import { closeOpen, type OpenStream } from './close-open.js'
import { Imports } from './imports.js'
import { Linger } from './linger.js'
import { markSteps } from './mark-steps.js'
import { Outbox } from './outbox.js'
import { printThrough } from './output.js'
import { Places } from './places.js'
import { type ArrivedCall, needsObject, type TaskOfFunction } from './request.js'
import { runRequest } from './run-request.js'
import type { RunTask } from './start-serving.js'
import { StreamChannels } from './stream-channels.js'
import { ThreadKeeper } from './thread-keeper.js'
import { ToldContexts } from './told-contexts.js'

/** Below this run time, in milliseconds, a call may come before the owner is told of earlier answers. */
const SHORT = 0.05

/** How a call came: as a message, or through the ring, from a caller that awaits or from one that is blocked. */
type Way = 'message' | 'ring' | 'blocked'

/**
 * Begins to run what arrives; `failure` is what keeps the thread from running anything, where something does, and `leave`
 * ends the thread when it is told to end itself.
 */
export type BeginServing = (runTask: RunTask, leave: () => void, failure?: EncodedThrown) => void

/**
 * The thread's end of a lane: runs what arrives and answers, for as long as the thread lives. From now on the owner is
 * told when the thread ends; calls wait until it begins to serve them.
 */
export function serveLane(data: StartData): BeginServing {
  const { port, control } = data
  const caller = new Caller(data, {
    notify: notifier(data.wake),
    wakeOwner: () => outbox.wakeOwner(),
    runInner: (message, isBlocked) => runInner(message, isBlocked, innerCalls),
    leaveUnread(id, why, made) {
      leaveUnmade(made, why)
      if (innerCalls.begin(id)) outbox.send([UNREAD, id, 'its arguments', why])
    },
    drop: (callback, received) => outbox.send([DROP, callback, received])
  })
  // A thread that reads a stream of its owner's can do what the stream waits for.
  receiveBy(threadId, {
    words: control,
    index: BELL,
    look: () => caller.lookWhileReading(),
    wait: (rung, timeout, source) => caller.waitForItem(rung, timeout, source)
  })
  const keeper = new ThreadKeeper(caller, count => Atomics.store(control, DISPOSABLES, count))
  const outbox = new Outbox(data, keeper)
  const channels = new StreamChannels()
  const streams = new Set<OpenStream>()
  const requests = new Ring(data.rings, REQUESTS)
  const heads = new ReadHeads(data.heads, TO_THREAD)
  const cancelled = new CancelledCalls(data.cancelled)
  const functions: TaskOfFunction[] = []
  const contexts = new ToldContexts()
  const runs = new ById<HostRun>()
  /** What tasks begin in: nothing that another one has set, whatever has delivered their calls. */
  const root = new RootContext()
  const places = new Places(data.places)
  /** How long each function ran the last time, in milliseconds. */
  const runTimes: number[] = []
  /** How many messages have arrived. */
  let read = 0
  /** The object that the next call makes. */
  let made: HeadMessage | undefined
  let runTask: RunTask
  let leave: () => void
  /** Not there where nothing can be run. */
  let imports: Imports | undefined

  const stream = (
    id: number,
    outcome: Extract<Outcome, { type: 'stream' }>,
    run: HostRun | undefined,
    name: string,
    asked: number
  ): void => {
    const channel = channels.take()
    const { number, port, other } = channel
    Atomics.add(control, GENERATORS, 1)
    // Before the first items are made, which may take a while.
    outbox.send([STREAM, id, number, other, asked], other === undefined ? [] : [other])
    const open: OpenStream = { run, iterator: outcome.bare, enter: outcome.enter }
    streams.add(open)
    const ended = serveStream(port, markSteps(outcome.bare, id, control), {
      asked,
      keepPort: KEEPS_CHANNELS,
      enter: step => outcome.enter(() => caller.inCall(id, step)),
      onSend: outbox.notify,
      stays: keeper.staysOf(name),
      // The thread itself tells what it ended of.
      lastWords: false,
      onStop: reason => root.run(() => run?.cancel(reason))
    })
    void ended.then(() => {
      Atomics.sub(control, GENERATORS, 1)
      streams.delete(open)
      if (KEEPS_CHANNELS) channels.leave(channel)
    })
  }

  const answer = (id: number, name: string, outcome: Outcome, runTime: number, way: Way, asked = 0): void => {
    const run = runs.get(id)
    runs.delete(id)
    if (outcome.type === 'error') outbox.send([THROWN, id, outcome.error])
    else if (outcome.type === 'stream') stream(id, outcome, run, name, asked)
    else outbox.sendValue(id, name, outcome.value, runTime, way === 'blocked')
  }

  /** Counts a call as started; `false` when it may not run, which the owner is told. */
  const mayStart = (id: number): boolean => {
    const isCancelled = cancelled.has(id)
    // Counted first and looked at second; the owner looks in the other order. One of the two sees the other.
    const place = (Atomics.add(control, STARTED, 1) + 1) | 0
    const isTakenBack = Atomics.load(control, takenBackWord(place)) === place
    // Both may have seen the other: an owner that takes the call for started must be told that it will not run.
    const maySkip = isTakenBack || Atomics.load(control, ENDING) === 1 || isCancelled
    if (maySkip) outbox.send([SKIPPED, id])
    return !maySkip
  }

  const call = (
    way: Way,
    id: number,
    fn: number,
    args: readonly unknown[],
    deadline: number | undefined,
    context: HostRequest['context'],
    references: References,
    asked: number | undefined
  ): void => {
    const task = functions[fn] as TaskOfFunction
    const isOnObject = needsObject(task, references)
    const begin = (): void => {
      if (!mayStart(id)) return
      const { name } = task
      const began = performance.now()
      const { outcome } = runCall({ id, task, args, deadline, context, references })
      const end = (ending: Outcome): void => {
        const ended = performance.now()
        runTimes[fn] = ended - began
        answer(id, name, ending, ended - began, way, asked)
        // One that stays up tells of the answer when it has nothing else to do.
        if (way === 'message') outbox.wakeOwner()
        else linger.stay(ended)
      }
      if (!(outcome instanceof Promise)) return end(outcome)
      if (isOnObject) return void outcome.then(end)
      places.take(id)
      outcome.then(ending => {
        end(ending)
        places.leave(id)
      })
    }
    if (!isOnObject) return places.enter(begin)
    // It may be what a call that runs here waits for; what was sent before it comes before it.
    places.open()
    begin()
  }

  const runCall = (arrived: ArrivedCall): HostRun => {
    const run = root.run(() => runRequest(arrived, cancelled, keeper, runTask, imports))
    runs.set(arrived.id, run)
    return run
  }

  const cancel = (id: number, reason: unknown): void => {
    root.run(() => runs.get(id)?.cancel(reason))
  }

  const innerCalls: InnerCalls = {
    run: runCall,
    begin(id) {
      // Told first and looked at second; the owner looks in the other order.
      caller.post([BEGUN, id])
      const isCancelled = cancelled.has(id)
      if (isCancelled) outbox.send([SKIPPED, id])
      return !isCancelled
    },
    answer(id, name, outcome, runTime) {
      answer(id, name, outcome, runTime, 'message')
      outbox.wakeOwner()
    }
  }

  const callFrom = (entry: Entry): void => {
    if (entry.unread !== undefined) return leaveUnread(entry.id, entry.unread)
    const { id, fn, args, deadline, context, isBlocking, isPulled } = callOf(entry)
    // What was answered does not wait for what may take long.
    if (!((runTimes[fn] ?? Infinity) < SHORT)) outbox.wakeOwner()
    const way = isBlocking ? 'blocked' : 'ring'
    call(way, id, fn, args, deadline, contexts.find(context), undefined, isPulled ? FIRST_ITEMS : 0)
  }

  /** Answers a call whose arguments can't be read. */
  const leaveUnread = (id: number, why: string): void =>
    places.enter(() => {
      if (mayStart(id)) outbox.send([UNREAD, id, 'its arguments', why])
    })

  const serve = (): boolean => {
    const entry = requests.take()
    if (entry === undefined) return false
    if (isContext(entry)) contexts.tell(entry.context, entry.values[0] as CarriedContext)
    else callFrom(entry)
    return true
  }

  const linger = new Linger(control, {
    serve,
    onEmpty: () => outbox.wakeOwner(),
    get hasMail() {
      return Atomics.load(control, POSTED) !== read
    },
    get isBusy() {
      return runs.size > 0 || Atomics.load(control, GENERATORS) > 0
    }
  })

  /** What is in the ring was sent before the call that comes now, and no more comes there before that has started. */
  const serveBefore = (): void => {
    while (serve());
    outbox.wakeOwner()
  }

  /** What is called of an object whose constructor's arguments can't be read fails as the constructor does. */
  const leaveUnmade = ([, , object, name]: HeadMessage | readonly [] = [], why: string): void => {
    if (object !== undefined) keeper.objects.fail(object, unreadable(`${name}()`, 'its arguments', why))
  }

  const onUnread = ({ message: why }: Error): void => {
    read = (read + 1) | 0
    const head = heads.unread()
    if (head < 0) cancel(-head, new CallAbortedError(`its call was cancelled, and why can't be read: ${why}`))
    if (head <= 0) return
    serveBefore()
    if (made !== undefined) places.open()
    leaveUnmade(made, why)
    leaveUnread(head, why)
  }

  const onMessage = (message: ToThread): void => {
    read = (read + 1) | 0
    if (message[0] !== HEAD) made = undefined
    else if (message[2] !== undefined) made = message
    heads.count(message[0] === HEAD ? message[1] : undefined)
    if (message[0] === WAKE) {
      // Before looking: what comes later sends another one.
      Atomics.store(control, THREAD_WOKEN, 0)
      Atomics.add(control, TURNS, 1)
      linger.come()
      return
    }
    if (message[0] === CALL) {
      serveBefore()
      const context = contexts.find(message[5])
      call('message', message[1], message[2], message[3], message[4], context, message[6], message[7])
    }
    if (message[0] === CANCEL) cancel(message[1], decodeThrown(message[2]))
    if (message[0] === LEFT) places.leave(message[1])
    if (message[0] === END) void root.run(() => closeOpen(streams, keeper.objects)).then(leave)
    if (message[0] === FINISH)
      void root.run(() => closeOpen(streams, keeper.objects)).then(() => process.exit())
    if (message[0] === BACK) caller.open(message[1])
    if (message[0] === RELEASE) keeper.objects.release(message[1], message[2])
    if (message[0] === FUNCTION) {
      // What is in the ring means what had the number until now.
      while (serve());
      delete runTimes[message[1]]
      const [, , module, name, operation, keep] = message
      functions[message[1]] = { module, name, operation, keep }
    }
  }

  printThrough({ control, send: message => outbox.send(message) })
  process.on('uncaughtExceptionMonitor', error => outbox.send([DYING, encodeThrown(error)]))
  process.on('exit', code => {
    outbox.send([EXIT, code])
    // What other handlers print now would not be read any more.
    printThrough(undefined)
    Atomics.store(control, GONE, SAID_ITS_LAST)
    // The thread that has its number next may wait for this.
    Atomics.notify(control, GONE)
    outbox.notify()
  })

  return (way, toLeave, failure) => {
    leave = toLeave
    runTask = (request, sharedFlag) => way(request, sharedFlag, keeper)
    if (failure === undefined) imports = new Imports(message => outbox.send(message))
    port.on('message', onMessage)
    port.on('messageerror', onUnread)
    // Something here has closed it: nobody could be answered, and whoever waits must learn that.
    port.on('close', () => {
      if (Atomics.load(control, ENDING) === 0) process.exit(1)
    })
    outbox.send([READY, failure])
  }
}
