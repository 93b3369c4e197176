import { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'
import { refuse } from '@bridge/core/internal'
import { closesEarly, isDeno } from './runtime.js'

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

/** A port that can carry a stream; refuses what can't. Where Deno brings one in a message it may be the Web's. */
export function streamPort(where: string, port: unknown): StreamPort {
  const given = port as Partial<StreamPort & WebPort> | undefined
  if (typeof given?.postMessage === 'function') {
    if (typeof given.on === 'function') return given as StreamPort
    if (typeof given.addEventListener === 'function') return listening(given as WebPort)
  }
  return refuse(where, 'port must be a MessagePort', port)
}

/**
 * Calls `act` when a port was closed, and what was sent before has been brought; or taken, by `takeOne`, while that takes
 * any: on a busy machine Bun brings it still later. Node, which brings it before, crashes where it is asked then.
 */
export function afterClose(act: () => void, takeOne: () => boolean = () => false): () => void {
  if (!closesEarly) return act
  return () =>
    void setImmediate(() => {
      while (takeOne());
      act()
    })
}

/** Whether a port keeps what arrives while it has lost its listener. */
export function keepsUnheard(port: StreamPort): boolean {
  return port instanceof MessagePort && !isDeno
}

/** Whether its messages must be either taken or listened to, and the latter for good. */
export function isEitherWay(port: StreamPort): boolean {
  return port instanceof MessagePort && isDeno
}

interface WebPort extends EventTarget, Pick<StreamPort, 'on' | 'off'> {
  start(): void
}

type Listener = (value: never) => void

/** Gives a port of the Web's the two methods by which Node's is listened to; it stays the port that it is. */
function listening(port: WebPort): StreamPort {
  const listeners = new WeakMap<Listener, (event: Event) => void>()
  port.on = (event: string, listener: Listener) => {
    const heard = (one: Event): void => listener((one as MessageEvent).data as never)
    listeners.set(listener, heard)
    port.addEventListener(event, heard)
    if (event === 'message') port.start()
  }
  port.off = (event: string, listener: Listener) => {
    const heard = listeners.get(listener)
    if (heard !== undefined) port.removeEventListener(event, heard)
  }
  return port as unknown as StreamPort
}

/** What has arrived already, without waiting for the event loop to bring it; a port of another making can't tell. */
export function receiver(port: StreamPort): () => { readonly message: unknown } | undefined {
  return port instanceof MessagePort ? () => receiveMessageOnPort(port) : () => undefined
}
