import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

/** The messages of Node's error for transferring a port twice at once: one for an open port, another for a closed one. */
interface Refusals {
  /** A port over which nothing is ever sent. */
  readonly probe: MessagePort
  readonly open: string
  readonly closed: string
}

let refusals: Refusals | undefined

/** Whether this runtime shows, without the event loop, that the other end of a port is closed. */
export function detectsClose(): boolean {
  refusals ??= made()
  return refusals.open !== refusals.closed
}

/**
 * Whether the other end of a port without messages is closed, as it is when its thread has ended in any way. Node
 * closes the port when it reads that event, which needs no event loop. No property shows that the port is closed, but
 * the error for transferring it does, which is always thrown, since it is listed twice.
 *
 * @example
 * ```ts
 * if (detectsClose() && isClosed(life)) notifyParent()
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
