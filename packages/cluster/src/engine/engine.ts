/*
 * The contract of engines. An engine carries each call to exactly one worker of a queue, and frames from one process to
 * another by addresses; it does not read the frames' contents. Engines are a NATS server, a Redis server with BullMQ, and
 * the memory of this thread; each must pass `engineCases()` of `@bridge/cluster/testing`.
 */

/** Opens connections to one server, or to several that form a cluster. */
export interface Engine {
  /** For messages, such as 'nats'. */
  readonly name: string
  /**
   * How another thread makes the same engine: the module of its factory, the factory's export name, and its options.
   * `undefined` if no other thread can have the engine.
   */
  readonly recipe: EngineRecipe | undefined
  /** The `CallOptions` that the engine can honour in addition to those of every executor. */
  readonly honours: readonly 'idempotencyKey'[]
  /**
   * Opens a connection and resolves when it is up. It reconnects by itself when the server was lost.
   *
   * @throws Error that names the server, without a password, if it cannot be reached or refuses the login; `cause` is the
   * client's error.
   */
  connect(events: ConnectionEvents): Promise<Connection>
}

/** How to make the same engine on another thread. */
export interface EngineRecipe {
  /** URL of the module. */
  readonly module: string
  readonly factory: string
  /** Plain data. */
  readonly options: unknown
}

/** Callbacks of a connection. */
export interface ConnectionEvents {
  /** A frame has arrived for the connection's address, or for another address at which it listens. Must not throw. */
  onFrame(frame: Uint8Array): void
  /**
   * The server was lost, or is available again. Calls and frames that were sent before `false` and not answered may be lost;
   * their `onRefused` and `onNoListener` are not called. Calls and frames that are sent later are held, and go out before
   * `true`, as far as there is room for them; the rest is refused with an error, or dropped.
   */
  onStatus(isUp: boolean): void
}

/** A call as it is sent to a queue. */
export interface SentCall {
  readonly queue: string
  /** Unique in the cluster. Letters, digits, `-` and `_`. */
  readonly id: string
  readonly frame: Uint8Array
  /** Of the calls that wait in the engine's queue, the one with the highest priority goes first. */
  readonly priority: number
}

/** The state of a call, as far as the engine knows it. */
export type CallState =
  /** It waits in the engine's queue. */
  | 'queued'
  /** A worker has taken it, or it is on its way to a worker. */
  | 'taken'
  /** The engine has no such call: no worker will run it. */
  | 'gone'

/**
 * A process's connection to its server. Methods that ask the server reject with `WorkerLostError` if it stays away, or if the
 * connection is lost or closed before it has answered.
 */
export interface Connection {
  /** The address at which other processes reach this process. */
  readonly address: string
  /** The maximum number of bytes of a frame. */
  readonly maxBytes: number
  /**
   * Whether calls wait in a queue of the engine while no worker has room. Otherwise each call goes to a worker at once, or to
   * none.
   */
  readonly hasQueue: boolean
  /**
   * Sends a call to one worker of its queue; the frame must not be changed afterwards. If the engine learns that no worker
   * will get it, it calls `onRefused`, once: with `undefined` if no worker takes calls from that queue (without `hasQueue`
   * also if all of its workers are full), with an error if the server did not take the call. It is never called before `send`
   * has returned, and `send` never throws. An engine with a queue checks for workers once after a call was sent: if the last
   * worker leaves later, the call waits.
   */
  send(call: SentCall, onRefused: (error: Error | undefined) => void): void
  /** Removes a call that no worker has taken; resolves to whether it will now never run. */
  reclaim(queue: string, id: string): Promise<boolean>
  /**
   * The state of a call that was sent, for calls that no worker has acknowledged. An engine without `hasQueue` does not know
   * calls: the state is `taken` while the queue has workers, although they may not have that call.
   */
  find(queue: string, id: string): Promise<CallState>
  /** Whether any worker takes calls from the queue, including workers without room. */
  hasWorkers(queue: string): Promise<boolean>
  /**
   * Sends a frame to an address, which may be any string; the frame must not be changed afterwards. If the engine learns that
   * no process listens there, it calls `onNoListener`, once and after `post` has returned. Frames to one address arrive in
   * order. On a closed connection it does nothing.
   *
   * @throws InvalidArgumentError for a frame of more than `maxBytes`.
   */
  post(address: string, frame: Uint8Array, onNoListener?: () => void): void
  /** Also receives the frames of another address; several processes may listen at one address, and each gets a copy. */
  listen(address: string): Promise<void>
  /**
   * Takes calls from the queues, as a worker. At most `atMost` calls are passed to `onCall` at once, for each queue with
   * `hasQueue`, for all queues in total without it; a call counts until its `done()`. Without `hasQueue` one more call may
   * arrive that was on its way when the worker became full. Resolves when the queues are known to the server.
   */
  take(queues: readonly string[], atMost: number, onCall: (call: TakenCall) => void): Promise<Taking>
  /** The queue's numbers, for autoscaling; `undefined` for an engine without queues. */
  counts(queue: string): Promise<QueueCounts | undefined>
  /** Jobs that outlive their caller; `undefined` for an engine that keeps none. */
  readonly jobs: Jobs | undefined
  /** Closes the connection when all frames have been sent. May be called twice. */
  close(): Promise<void>
}

/** A call that a worker has got. */
export interface TakenCall {
  readonly frame: Uint8Array
  /** How long the call waited in the engine's queue, in milliseconds by the server's clock; 0 without a queue. */
  readonly age: number
  /**
   * To be called when the call has ended, so that there is room for another one. Who receives a frame that the worker posts
   * afterwards can send the next call: the server knows of the room by then.
   */
  done(): void
}

/** A worker that takes calls from queues. */
export interface Taking {
  /** Takes no more calls. Calls that were taken continue; resolves when no more can arrive. */
  stop(): Promise<void>
}

/** The numbers of a queue. */
export interface QueueCounts {
  /** How many calls wait in the engine's queue. */
  readonly queued: number
  /** How many calls workers have taken and not ended. */
  readonly running: number
  /** Milliseconds since the longest waiting call was sent; 0 if none waits. */
  readonly oldest: number
}

/** A job to be added. */
export interface SentJob {
  readonly queue: string
  /** If a job of the queue has the same id, none is added. By default the engine makes an id. */
  readonly id: string | undefined
  readonly frame: Uint8Array
  readonly priority: number
  /** How often it may be started; by default as the engine's options say. */
  readonly attempts: number | undefined
}

/** The state of a job. */
export type JobState =
  | { readonly type: 'waiting' | 'running' | 'unknown' }
  /** With the worker's result. */
  | {
      readonly type: 'completed' | 'failed'
      readonly answer: Uint8Array | undefined
      readonly message: string
    }

/** Jobs that outlive their caller. */
export interface Jobs {
  /** Adds a job, and resolves to its id. */
  add(job: SentJob): Promise<string>
  /** The current state of a job. */
  state(queue: string, id: string): Promise<JobState>
  /** Resolves when the job has probably ended, or the signal aborts; check by `state`. */
  ended(queue: string, id: string, signal: AbortSignal): Promise<void>
  /** Takes jobs from the queues, as a worker, at most `atMost` of each at once. */
  take(queues: readonly string[], atMost: number, onJob: (job: TakenJob) => void): Promise<Taking>
}

/** A job that a worker has got. */
export interface TakenJob {
  readonly id: string
  readonly frame: Uint8Array
  /** Milliseconds since it was added, by the server's clock. */
  readonly age: number
  /** To be called when it has ended, with a result that its caller can ask for. `isFailed` lets the engine start it again if it may. */
  done(answer: Uint8Array, isFailed: boolean, message: string): void
}
