import type { MessagePort } from 'node:worker_threads'

/** How many messages each hand-made end has sent. */
const sent = new WeakMap<object, number>()

/** A message on the wire: the kind, its sequence number, and the rest. */
export function numbered(end: object, [kind, ...rest]: readonly unknown[]): unknown[] {
  const number = sent.get(end) ?? 0
  sent.set(end, number + 1)
  return [kind, number, ...rest]
}

/** Sends a message of the protocol, which is passed without its number. */
export function say(port: Pick<MessagePort, 'postMessage'>, message: readonly unknown[]): void {
  port.postMessage(numbered(port, message))
}

/** A message without its number. */
export function bare(message: unknown): unknown[] {
  const [kind, , ...rest] = message as unknown[]
  return [kind, ...rest]
}

/** The next message of the protocol from a port, without its number. */
export function nextMessage(port: MessagePort): Promise<unknown[]> {
  return new Promise(resolve => port.once('message', message => resolve(bare(message))))
}
