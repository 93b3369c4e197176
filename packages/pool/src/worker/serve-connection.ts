import { threadId } from 'node:worker_threads'
import { CallAbortedError, type CarriedContext } from '@bridge/core'
import { decodeThrown, type EncodedThrown, encodeThrown, unreadable } from '@bridge/core/executor'
import type { HostTask, Outcome, TaskRun } from '@bridge/core/host'
import { RootContext } from '@bridge/core/internal'
import { notifier, receiveBy, serveStream } from '@bridge/iter'
import { BEGUN } from '../callback/wire.js'
import { ById } from '../connection/by-id.js'
import { CancelledCalls } from '../connection/cancelled.js'
import { KEEPS_CHANNELS } from '../connection/keeps-channels.js'
import { ReadHeads } from '../connection/message-heads.js'
import { type Entry, Ring } from '../connection/ring.js'
import { callOf, isContext } from '../connection/ring-calls.js'
import {
  ABANDONED,
  BACK,
  CALL,
  CANCEL,
  DISPOSABLES,
  DYING,
  END,
  ENDING,
  EXIT,
  EXITED_CLEANLY,
  FINISH,
  FIRST_ITEMS,
  FUNCTION,
  GENERATORS,
  GONE,
  HEAD,
  type HeadMessage,
  PARENT_SENT,
  READY,
  RELEASE,
  RELEASE_FUNCTION,
  REQUESTS,
  type References,
  reclaimedWord,
  SKIPPED,
  STARTED,
  STREAM,
  type StartData,
  THREAD_WOKEN,
  THROWN,
  TO_THREAD,
  type ToThread,
  TURNS,
  UNREAD,
  WAKE,
  WAKE_COUNT
} from '../connection/wire.js'
import { BusyWait } from './busy-wait.js'
import { Caller } from './callback/caller.js'
import { type InnerCalls, runInner } from './callback/inner-call.js'
import { closeOpen, type OpenStream } from './close-open.js'
import { Imports } from './imports.js'
import { KnownContexts } from './known-contexts.js'
import { markSteps } from './mark-steps.js'
import { Outbox } from './outbox.js'
import { printThrough } from './output.js'
import { Places } from './places.js'
import { type CalledFunction, needsObject, type ReceivedTask } from './received-task.js'
import { runReceived } from './run-received.js'
import type { RunTask } from './start-serving.js'
import { StreamChannels } from './stream-channels.js'
import { ThreadObjectStore } from './thread-object-store.js'

/** Below this run time, in milliseconds, a call may run before the parent is woken for earlier answers. */
const SHORT = 0.05

/** How a call was received: as a message, or through the ring, from a caller that awaits or a caller that is blocked. */
type Way = 'message' | 'ring' | 'blocked'

/**
 * Starts running received calls; `failure` is the error that prevents the thread from running anything, if there is
 * one, and `leave` ends the thread when the parent requests that.
 */
export type BeginServing = (runTask: RunTask, leave: () => void, failure?: EncodedThrown) => void

/**
 * The thread's end of a connection: runs and answers calls as long as the thread lives. From now on the parent is
 * notified when the thread ends; calls wait until it begins to serve them.
 */
export function serveConnection(data: StartData): BeginServing {
  const { port, control } = data
  const caller = new Caller(data, {
    notify: notifier(data.wake),
    wakeParent: () => outbox.wakeParent(),
    runInner: (message, isBlocked) => runInner(message, isBlocked, innerCalls),
    leaveUnread(id, why, made) {
      leaveUnmade(made, why)
      if (innerCalls.begin(id)) outbox.send([UNREAD, id, 'its arguments', why])
    },
    releaseFunction: (callback, received) => outbox.send([RELEASE_FUNCTION, callback, received])
  })
  // A thread that reads a stream of its parent can do what the stream waits for.
  receiveBy(threadId, {
    words: control,
    index: WAKE_COUNT,
    poll: () => caller.pollWhileReading(),
    wait: (seen, timeout, source) => caller.waitForItem(seen, timeout, source)
  })
  const store = new ThreadObjectStore(caller, count => Atomics.store(control, DISPOSABLES, count))
  const outbox = new Outbox(data, store)
  const channels = new StreamChannels()
  const streams = new Set<OpenStream>()
  const requests = new Ring(data.rings, REQUESTS)
  const heads = new ReadHeads(data.heads, TO_THREAD)
  const cancelled = new CancelledCalls(data.cancelled)
  const functions: CalledFunction[] = []
  const contexts = new KnownContexts()
  const runs = new ById<TaskRun>()
  /** The context in which tasks start: without anything that another task has set, whatever has delivered their calls. */
  const root = new RootContext()
  const places = new Places(data.places)
  /** How long each function ran the last time, in milliseconds. */
  const runTimes: number[] = []
  /** How many messages have arrived. */
  let read = 0
  /** The object that the next call constructs. */
  let made: HeadMessage | undefined
  let runTask: RunTask
  let leave: () => void
  /** `undefined` if nothing can be run. */
  let imports: Imports | undefined

  const stream = (
    id: number,
    outcome: Extract<Outcome, { type: 'stream' }>,
    run: TaskRun | undefined,
    name: string,
    asked: number
  ): void => {
    const channel = channels.take()
    const { number, port, other } = channel
    Atomics.add(control, GENERATORS, 1)
    // Before the first items are produced, which may take a while.
    outbox.send([STREAM, id, number, other, asked], other === undefined ? [] : [other])
    const open: OpenStream = { run, iterator: outcome.bare, enter: outcome.enter }
    streams.add(open)
    const ended = serveStream(port, markSteps(outcome.bare, id, control), {
      asked,
      keepPort: KEEPS_CHANNELS,
      enter: step => outcome.enter(() => caller.inCall(id, step)),
      onSend: outbox.notify,
      stays: store.staysOf(name),
      // The thread itself reports why it ended.
      reportThreadExit: false,
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

  /** Counts a call as started; `false` when it may not run, which is reported to the parent. */
  const mayStart = (id: number): boolean => {
    const isCancelled = cancelled.has(id)
    // Counted first and checked second; the parent does the opposite. One of the two sees the other's change.
    const place = (Atomics.add(control, STARTED, 1) + 1) | 0
    const isReclaimed = Atomics.load(control, reclaimedWord(place)) === place
    // Both may have seen the change of the other: a parent that assumes that the call has started must be notified that
    // it will not run.
    const maySkip = isReclaimed || Atomics.load(control, ENDING) === 1 || isCancelled
    if (maySkip) outbox.send([SKIPPED, id])
    return !maySkip
  }

  const call = (
    way: Way,
    id: number,
    fn: number,
    args: readonly unknown[],
    deadline: number | undefined,
    context: HostTask['context'],
    references: References,
    asked: number | undefined
  ): void => {
    const called = functions[fn] as CalledFunction
    const isOnObject = needsObject(called, references)
    const begin = (): void => {
      if (!mayStart(id)) return
      const { name } = called
      const began = performance.now()
      const { outcome } = runCall({ id, called, args, deadline, context, references })
      const end = (ending: Outcome): void => {
        const ended = performance.now()
        runTimes[fn] = ended - began
        answer(id, name, ending, ended - began, way, asked)
        // A thread that busy-waits reports the answer when it has nothing else to do.
        if (way === 'message') outbox.wakeParent()
        else busyWait.extend(ended)
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
    // A running call may wait for it; earlier calls come before it.
    places.open()
    begin()
  }

  const runCall = (arrived: ReceivedTask): TaskRun => {
    const entersContext = arrived.context !== undefined
    const run = root.run(() => runReceived(arrived, cancelled, store, runTask, imports), entersContext)
    runs.set(arrived.id, run)
    return run
  }

  const cancel = (id: number, reason: unknown): void => {
    root.run(() => runs.get(id)?.cancel(reason))
  }

  const innerCalls: InnerCalls = {
    run: runCall,
    begin(id) {
      // Reported first and checked second; the parent does the opposite.
      caller.post([BEGUN, id])
      const isCancelled = cancelled.has(id)
      if (isCancelled) outbox.send([SKIPPED, id])
      return !isCancelled
    },
    answer(id, name, outcome, runTime) {
      answer(id, name, outcome, runTime, 'message')
      outbox.wakeParent()
    }
  }

  const callFrom = (entry: Entry): void => {
    if (entry.unread !== undefined) return leaveUnread(entry.id, entry.unread)
    const { id, fn, args, deadline, context, isBlocking, isPulled } = callOf(entry)
    // Earlier answers do not wait for a call that may take long.
    if (!((runTimes[fn] ?? Infinity) < SHORT)) outbox.wakeParent()
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
    if (isContext(entry)) contexts.add(entry.context, entry.values[0] as CarriedContext)
    else callFrom(entry)
    return true
  }

  const busyWait = new BusyWait(control, {
    serve,
    onEmpty: () => outbox.wakeParent(),
    get hasMail() {
      return Atomics.load(control, PARENT_SENT) !== read
    },
    get isBusy() {
      return runs.size > 0 || Atomics.load(control, GENERATORS) > 0
    }
  })

  /** The ring's calls were sent before this call, and no others are written there before it has started. */
  const serveBefore = (): void => {
    while (serve());
    outbox.wakeParent()
  }

  /** Calls on an object whose constructor's arguments can't be deserialized fail as the constructor does. */
  const leaveUnmade = ([, , object, name]: HeadMessage | readonly [] = [], why: string): void => {
    if (object !== undefined) store.objects.fail(object, unreadable(`${name}()`, 'its arguments', why))
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
      // Reset before the ring is read: the parent sends another WAKE for later entries.
      Atomics.store(control, THREAD_WOKEN, 0)
      Atomics.add(control, TURNS, 1)
      busyWait.start()
      return
    }
    if (message[0] === CALL) {
      serveBefore()
      const context = contexts.find(message[5])
      call('message', message[1], message[2], message[3], message[4], context, message[6], message[7])
    }
    if (message[0] === CANCEL) cancel(message[1], decodeThrown(message[2]))
    if (message[0] === ABANDONED) places.leave(message[1])
    if (message[0] === END) void root.run(() => closeOpen(streams, store.objects)).then(leave)
    if (message[0] === FINISH)
      void root.run(() => closeOpen(streams, store.objects)).then(() => process.exit())
    if (message[0] === BACK) caller.open(message[1])
    if (message[0] === RELEASE) store.objects.release(message[1], message[2])
    if (message[0] === FUNCTION) {
      // The entries of the ring use the old meaning of the number.
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
    // The output of other handlers would not be read any more.
    printThrough(undefined)
    Atomics.store(control, GONE, EXITED_CLEANLY)
    // The next thread with its number may wait for this.
    Atomics.notify(control, GONE)
    outbox.notify()
  })

  return (way, toLeave, failure) => {
    leave = toLeave
    runTask = (task, sharedFlag) => way(task, sharedFlag, store)
    if (failure === undefined) imports = new Imports(message => outbox.send(message))
    port.on('message', onMessage)
    port.on('messageerror', onUnread)
    // Code on this thread has closed it: no call could be answered, and the waiting callers must get an error.
    port.on('close', () => {
      if (Atomics.load(control, ENDING) === 0) process.exit(1)
    })
    outbox.send([READY, failure])
  }
}
