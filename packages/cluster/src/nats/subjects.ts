import { tokenOf } from '../engine/token.js'

/** The subjects of one cluster. */
export class Subjects {
  readonly prefix: string

  constructor(prefix: string) {
    this.prefix = prefix
  }

  /** The subject of a queue's calls. */
  calls(queue: string): string {
    return `${this.prefix}.call.${tokenOf(queue)}`
  }

  /** The subject to which the workers of a queue subscribe, whether or not they have room. */
  presence(queue: string): string {
    return `${this.prefix}.here.${tokenOf(queue)}`
  }

  /** The subject of an address. */
  to(address: string): string {
    return `${this.prefix}.to.${tokenOf(address)}`
  }

  /** The prefix of the reply subjects to which the server answers if a subject has no listener; each ends in a number. */
  noListener(address: string): string {
    return `${this.prefix}.no.${tokenOf(address)}.`
  }
}
