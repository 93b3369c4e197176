import { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'
import { refuse } from '@bridge/core/executor'

/**
 * What a stream needs of its port: Node's MessagePort has it, and so may whatever else carries messages in order.
 *
 * @example
 * ```ts
 * const { port1, port2 }: { port1: StreamPort; port2: StreamPort } = new MessageChannel()
 * ```
 */
export interface StreamPort {
  postMessage(message: unknown, transferList: readonly Transferable[]): void
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'messageerror', listener: (error: Error) => void): unknown
  on(event: 'close', listener: () => void): unknown
  off(event: 'message', listener: (message: unknown) => void): unknown
  off(event: 'messageerror', listener: (error: Error) => void): unknown
  off(event: 'close', listener: () => void): unknown
  close(): void
  /** Lets it keep the process alive. */
  ref?(): void
  unref?(): void
}

/** Refuses what can't carry a stream. */
export function checkPort(where: string, port: unknown): void {
  const given = port as Partial<StreamPort> | undefined
  if (typeof given?.postMessage !== 'function' || typeof given.on !== 'function') {
    refuse(where, 'port must be a MessagePort', port)
  }
}

/** What has arrived already, without waiting for the event loop to bring it; a port of another making can't tell. */
export function receiver(port: StreamPort): () => { readonly message: unknown } | undefined {
  return port instanceof MessagePort ? () => receiveMessageOnPort(port) : () => undefined
}
