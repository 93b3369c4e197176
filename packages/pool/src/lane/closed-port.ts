import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

/** What Node says of a port that is moved twice at once: one text for a port that is open, another for one that is closed. */
interface Refusals {
  /** Over which nothing is ever sent. */
  readonly probe: MessagePort
  readonly open: string
  readonly closed: string
}

let refusals: Refusals | undefined

/** Whether this runtime tells, without the event loop, that the other end of a port has gone. */
export function canTellClosed(): boolean {
  refusals ??= made()
  return refusals.open !== refusals.closed
}

/**
 * Whether the other end of a port that gets no messages has gone, as one does whose thread has ended, however it ended.
 * Node closes the port when it comes upon that in what has arrived, which needs no event loop; that the port is closed
 * no property tells, but to move it, which is refused in any case, since it stands twice among what is moved.
 *
 * @example
 * ```ts
 * if (canTellClosed() && isClosed(life)) tellOwner()
 * ```
 */
export function isClosed(port: MessagePort): boolean {
  refusals ??= made()
  receiveMessageOnPort(port)
  return refusal(refusals.probe, port) === refusals.closed
}

function made(): Refusals {
  const { port1: probe } = new MessageChannel()
  const { port1: port } = new MessageChannel()
  const open = refusal(probe, port)
  port.close()
  const refused = { probe, open, closed: refusal(probe, port) }
  probe.unref()
  return refused
}

function refusal(probe: MessagePort, port: MessagePort): string {
  try {
    probe.postMessage(undefined, [port, port])
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
