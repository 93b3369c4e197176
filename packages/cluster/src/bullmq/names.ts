import { tokenOf } from '../engine/token.js'

/** The names of one cluster on a Redis server. */
export class Names {
  readonly prefix: string

  constructor(prefix: string) {
    this.prefix = prefix
  }

  /** The BullMQ queue of the calls. */
  calls(queue: string): string {
    return `${tokenOf(queue)}.calls`
  }

  /** The BullMQ queue of the jobs. */
  jobs(queue: string): string {
    return `${tokenOf(queue)}.jobs`
  }

  /** BullMQ refuses integers and colons. */
  jobId(id: string): string {
    return `id-${tokenOf(id)}`
  }

  /** The channel of an address. */
  to(address: string): string {
    return `${this.prefix}:to:${tokenOf(address)}`
  }

  /** The channel to which the workers of a queue subscribe; nothing is published there. */
  presence(queue: string): string {
    return `${this.prefix}:here:${tokenOf(queue)}`
  }

  /** The channel on which a worker reports that a job has ended. */
  ended(bullQueue: string, jobId: string): string {
    return `${this.prefix}:ended:${bullQueue}:${jobId}`
  }
}
