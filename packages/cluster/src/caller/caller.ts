import { InvalidArgumentError } from '@bridge/core'
import { now, type Task } from '@bridge/core/executor'
import type { Connection, Engine } from '../engine/engine.js'
import { queueAddress } from '../modules/addresses.js'
import { type ModuleName, shown } from '../modules/module-name.js'
import { ASK, type LoadHead, type MarkHead, PING, type PingHead, SEEN } from '../wire/frame.js'
import { AffinityWorkers } from './affinity-workers.js'
import { CallerConnection } from './caller-connection.js'
import { type CallEvents, IncomingFrames } from './incoming-frames.js'
import { allFull, allLeaving, notAcknowledged, notSentAgain, notTaken, noWorker, workerGone } from './lost.js'
import { openHere } from './opened-stream.js'
import { Room } from './room.js'
import { SentCall } from './sent-call.js'
import { Watch } from './watch.js'
import { callFrame, writtenArguments } from './written-call.js'

/** After how many milliseconds a call is sent again: doubled each time, up to the maximum. */
const RETRY_AFTER = 50
const LONGEST_RETRY = 500

/** How often a call that was refused without being run is sent to another worker. */
const MOST_REFUSALS = 4

/** The caller's side of a cluster: tracks the calls that were sent until they have settled. */
export class Caller implements CallEvents {
  readonly calls = new Map<number, SentCall>()
  readonly #engine: Engine
  readonly #queue: string | undefined
  readonly #link: CallerConnection
  readonly #incoming: IncomingFrames
  readonly #watch: Watch
  readonly #refusals = new WeakMap<SentCall, number>()
  readonly #affinity = new AffinityWorkers(queue => this.#link.loads(queueAddress(queue)))
  readonly #room = new Room((worker, mark) =>
    this.#link.post(worker, SEEN, 0, { from: this.#link.address, mark })
  )
  #last = 0

  constructor(engine: Engine, name: string, queue: string | undefined) {
    this.#engine = engine
    this.#queue = queue
    this.#link = new CallerConnection(engine, name, {
      onFrame: bytes => this.#incoming.onFrame(bytes),
      onStatus: isUp => this.#watch.onStatus(isUp)
    })
    this.#incoming = new IncomingFrames(this.#link, this)
    this.#watch = new Watch({
      calls: this.calls,
      ping: (worker, ids, onNoListener) =>
        this.#link.post(worker, PING, 0, this.#pingHead(ids), onNoListener),
      ask: (queue, calls, isSettled) => this.#ask(queue, calls, isSettled),
      onGone: worker => this.#onGone(worker),
      onUnknown: call => this.markLost(call, notAcknowledged(call, this.#engine.name))
    })
  }

  /** The connection, which is opened when it is first needed. */
  connect(): Promise<Connection> {
    return this.#link.connect()
  }

  /** The loads of the workers of a queue, or of all workers; of those that answer in time. */
  loads(address: string): Promise<LoadHead[]> {
    return this.#link.loads(address)
  }

  /** Sends a call of a module. Errors reject its promise. */
  send(task: Task, module: ModuleName, open = openHere): SentCall {
    this.#last = (this.#last + 1) >>> 0
    const call = new SentCall(this.#last, task, module, this.#queue ?? shown(module), open)
    try {
      call.payload = writtenArguments(task)
    } catch (error) {
      call.reject(error)
      return call
    }
    this.calls.set(call.id, call)
    this.#watch.begin()
    if (this.#link.connection !== undefined) this.#send(call, this.#link.connection)
    else
      this.#link.connect().then(
        connection => this.#send(call, connection),
        (error: unknown) => this.fail(call, error)
      )
    return call
  }

  /** Cancels a call for which its caller no longer waits. */
  cancel(call: SentCall, reason: unknown): void {
    if (call.cancelled !== undefined || !this.calls.has(call.id)) return
    call.cancelled = { reason }
    const connection = this.#link.connection
    if (connection === undefined || call.attempts === 0) return this.fail(call, reason)
    if (call.worker !== undefined) return this.#link.sendCancel(call, call.worker, reason)
    // A worker may take it before it is reclaimed.
    this.#link.sendCancel(call, queueAddress(call.queue), reason)
    connection.reclaim(call.queue, call.engineId).then(
      isBack => {
        if (isBack) this.fail(call, reason)
      },
      () => {}
    )
  }

  /** Refuses new calls, and closes the connection. */
  async close(): Promise<void> {
    this.#watch.end()
    await this.#link.close()
  }

  alive(worker: string): void {
    this.#watch.alive(worker)
  }

  onMark(head: MarkHead): void {
    this.alive(head.worker)
    this.#room.onMark(head)
  }

  #send(call: SentCall, connection: Connection): void {
    if (call.isSettled) return
    const { task, payload, id } = call
    if (payload === undefined) return
    if (task.affinity !== undefined && connection.hasQueue) {
      return this.fail(call, noAffinity(call, this.#engine.name))
    }
    if (task.deadline !== undefined && task.deadline <= now()) return
    let frame: Uint8Array
    try {
      frame = callFrame(id, task, call.module, payload, connection)
    } catch (error) {
      return this.fail(call, error)
    }
    call.attempts++
    call.sends++
    call.silences = 0
    call.sentAt = performance.now()
    call.engineId = `${this.#link.token}-${id}-${call.sends}`
    const { engineId, queue } = call
    const onRefused = (error: Error | undefined): void => {
      if (call.engineId === engineId && call.worker === undefined) void this.#onNotSent(call, error)
    }
    if (task.affinity === undefined) {
      connection.send({ queue, id: engineId, frame, priority: task.priority ?? 0 }, onRefused)
    } else void this.#sendByAffinity(call, task.affinity, frame, onRefused)
  }

  /** Sends a call to the worker to which its affinity key belongs, among the current workers. */
  async #sendByAffinity(
    call: SentCall,
    key: string,
    frame: Uint8Array,
    onRefused: (error: Error | undefined) => void
  ): Promise<void> {
    try {
      const home = await this.#affinity.find(call.queue, key)
      if (call.isSettled) return
      if (home === undefined) return onRefused(undefined)
      this.#link.connection?.post(home, frame, () => {
        this.#affinity.discard(call.queue)
        // No worker has got it, so it does not count as an attempt.
        call.attempts--
        if (!call.isSettled && call.worker === undefined && this.#link.connection !== undefined) {
          this.#send(call, this.#link.connection)
        }
      })
    } catch (error) {
      onRefused(error as Error)
    }
  }

  /** The engine knows that no worker will get the call. */
  async #onNotSent(call: SentCall, error: Error | undefined): Promise<void> {
    if (call.isSettled) return
    if (error !== undefined) {
      const refused = notTaken(call, this.#engine.name, error)
      return call.mayRetry ? this.retry(call) : this.failUnrun(call, refused)
    }
    try {
      if (await this.#link.connection?.hasWorkers(call.queue)) {
        return this.resend(call, allFull(call, `all workers of ${this.#engine.name} are full`))
      }
    } catch (cause) {
      return this.#onNotSent(call, cause as Error)
    }
    if (call.mayRetry) return this.retry(call)
    // Asked together: a worker that comes in between would take no calls by the first answer, and offer the module by the second.
    const [there, all] = await Promise.all([this.#loadsOf(queueAddress(call.queue)), this.#loadsOf()])
    const leaving = there.filter(({ isLeaving }) => isLeaving === true)
    // It has come, or come back to a restarted server, in the meantime.
    if (leaving.length < there.length) {
      return this.resend(call, noWorker(call, this.#engine.name, there[0]?.offers ?? []))
    }
    if (leaving.length > 0) {
      const workers = leaving.map(({ worker }) => `the worker ${worker}`)
      return this.failUnrun(call, allLeaving(call, workers))
    }
    const offers = all.flatMap(load => load.offers)
    this.failUnrun(call, noWorker(call, this.#engine.name, [...new Set(offers)]))
  }

  async #loadsOf(address?: string): Promise<readonly LoadHead[]> {
    return this.#link.loads(address).catch(() => [])
  }

  /** Sends a call that was refused, and has not run, to another worker, a few times. */
  resend(call: SentCall, error: Error): void {
    const refusals = (this.#refusals.get(call) ?? 0) + 1
    this.#refusals.set(call, refusals)
    if (refusals > MOST_REFUSALS || call.payload === undefined) return this.failUnrun(call, error)
    call.worker = undefined
    // It was not run, so it does not count as an attempt.
    call.attempts--
    this.#later(call, refusals * 5)
  }

  onLeaving(call: SentCall, worker: string): void {
    this.#affinity.discard(call.queue)
    this.resend(call, allLeaving(call, [`the worker ${worker}`]))
  }

  /** The call may have run, and its outcome is not known. */
  markLost(call: SentCall, error: Error): void {
    if (call.isSettled && call.stream === undefined) return this.remove(call)
    if (call.stream !== undefined) return this.fail(call, error)
    if (call.mayRetry) this.retry(call, error)
    else this.fail(call, call.cancelled?.reason ?? error)
  }

  /** `lost` is why it may have run already. */
  retry(call: SentCall, lost?: Error): void {
    call.lost = lost ?? call.lost
    call.worker = undefined
    this.#later(call, Math.min(RETRY_AFTER * 2 ** (call.attempts - 1), LONGEST_RETRY))
  }

  #later(call: SentCall, milliseconds: number): void {
    setTimeout(() => {
      if (call.isSettled || call.worker !== undefined) return
      if (call.cancelled !== undefined) this.fail(call, call.cancelled.reason)
      else if (this.#link.connection !== undefined) this.#send(call, this.#link.connection)
    }, milliseconds)
  }

  /** The call has not run in this attempt, but may have run in an earlier one. */
  failUnrun(call: SentCall, error: Error): void {
    this.fail(
      call,
      call.cancelled?.reason ?? (call.lost === undefined ? error : notSentAgain(call.lost, error))
    )
  }

  fail(call: SentCall, error: unknown): void {
    call.reject(error)
    // A call with a stream was settled by that.
    call.stream?.fail(error)
    this.remove(call)
  }

  remove(call: SentCall): void {
    this.calls.delete(call.id)
  }

  #pingHead(ids: readonly number[]): PingHead {
    const sent = ids.flatMap((id): [number, number][] => {
      const frames = this.calls.get(id)?.framesSent ?? 0
      return frames === 0 ? [] : [[id, frames]]
    })
    return { from: this.#link.address, ids, ...(sent.length === 0 ? {} : { sent }) }
  }

  #ask(queue: string, calls: readonly SentCall[], isSettled: boolean): void {
    const ids = calls.map(({ id }) => id)
    this.#link.post(queueAddress(queue), ASK, 0, { from: this.#link.address, ids })
    const { connection } = this.#link
    if (connection?.hasQueue === true) void this.#findQueued(queue, calls, connection, isSettled)
  }

  /** Calls that wait in the engine's queue are not lost as long as there are workers that may take them. */
  async #findQueued(
    queue: string,
    calls: readonly SentCall[],
    connection: Connection,
    isSettled: boolean
  ): Promise<void> {
    try {
      const found = await Promise.all(calls.map(call => connection.find(queue, call.engineId)))
      const queued = calls.filter((_, at) => found[at] === 'queued')
      for (const call of queued) call.silences = 0
      if (!isSettled || queued.length === 0 || (await connection.hasWorkers(queue))) return
      for (const call of queued) {
        if (await connection.reclaim(queue, call.engineId)) await this.#onNotSent(call, undefined)
      }
    } catch {
      // The server is away: the next check will show.
    }
  }

  #onGone(worker: string): void {
    this.#room.leave(worker)
    for (const call of this.calls.values()) {
      if (call.worker === worker) this.markLost(call, workerGone(call, worker))
    }
  }
}

function noAffinity(call: SentCall, engine: string): InvalidArgumentError {
  return new InvalidArgumentError(
    `${call.where}: ${engine} passes a call to any free worker and cannot honour affinity; leave it out`
  )
}
