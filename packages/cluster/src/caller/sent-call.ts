import type { Task } from '@bridge/core/executor'
import type { ModuleName } from '../modules/module-name.js'
import type { Payload } from '../wire/frame.js'
import type { ReceivedStream, StreamOpener } from './opened-stream.js'

/** A call that this process has sent, until it has settled; with a stream, until that has ended. */
export class SentCall {
  /** Its id at this caller. */
  readonly id: number
  readonly task: Task
  readonly module: ModuleName
  readonly queue: string
  /** Makes its stream, if it has one. */
  readonly open: StreamOpener
  readonly promise: Promise<unknown>
  /** The worker that has it, if known. */
  worker: string | undefined
  /** When it was last sent, on the clock of `performance.now()`. */
  sentAt = 0
  /** When all workers were last asked for it, on the same clock. */
  askedAt = 0
  /** Its id in the engine. */
  engineId = ''
  /** How many attempts were made to run it. */
  attempts = 0
  /** How often it was sent, including after refusals. */
  sends = 0
  /** How often no worker had it when all were asked. */
  silences = 0
  /** Why an earlier attempt, in which it may have run, was lost. */
  lost: Error | undefined
  /** Its arguments, while it may have to be sent again. */
  payload: Payload | undefined
  stream: ReceivedStream | undefined
  /** How many frames of its stream were sent. */
  framesSent = 0
  /** Why its caller no longer waits for it. */
  cancelled: { readonly reason: unknown } | undefined
  #settle: { resolve(value: unknown): void; reject(reason: unknown): void } | undefined

  constructor(id: number, task: Task, module: ModuleName, queue: string, open: StreamOpener) {
    this.id = id
    this.task = task
    this.module = module
    this.queue = queue
    this.open = open
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }

  get where(): string {
    return `${this.task.name}()`
  }

  get isSettled(): boolean {
    return this.#settle === undefined
  }

  /** Whether it may be sent once more. */
  get mayRetry(): boolean {
    return (
      this.payload !== undefined && this.attempts <= (this.task.retries ?? 0) && this.cancelled === undefined
    )
  }

  resolve(value: unknown): void {
    this.#settle?.resolve(value)
    this.#end()
  }

  reject(reason: unknown): void {
    this.#settle?.reject(reason)
    this.#end()
  }

  #end(): void {
    this.#settle = undefined
    this.payload = undefined
  }
}
