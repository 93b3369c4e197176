import { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Transferable } from '@bridge/core/executor'
import { refuse } from '@bridge/core/internal'
import { closesEarly, isDeno } from './runtime.js'

/**
 * The methods that a stream needs of its port: those of Node's MessagePort, or of any other object that keeps messages in
 * order.
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

/** A port that can carry a stream; throws if it cannot. On Deno, a port that arrives in a message is the Web's. */
export function streamPort(where: string, port: unknown): StreamPort {
  const given = port as Partial<StreamPort & WebPort> | undefined
  if (typeof given?.postMessage === 'function') {
    if (typeof given.on === 'function') return given as StreamPort
    if (typeof given.addEventListener === 'function') return listening(given as WebPort)
  }
  return refuse(where, 'port must be a MessagePort', port)
}

/**
 * Calls `act` when a port was closed and all earlier messages have been delivered, or taken by `takeOne` as long as it
 * takes any: on a busy machine Bun delivers them even later. Node delivers them before, and crashes if a closed port is
 * read.
 */
export function afterClose(act: () => void, takeOne: () => boolean = () => false): () => void {
  if (!closesEarly) return act
  return () =>
    void setImmediate(() => {
      while (takeOne());
      act()
    })
}

/** Whether a port keeps messages that arrive after its listener was removed. */
export function keepsWithoutListener(port: StreamPort): boolean {
  return port instanceof MessagePort && !isDeno
}

/** Whether a port's messages can only be either taken or listened to, the latter for good. */
export function isListenOrTake(port: StreamPort): boolean {
  return port instanceof MessagePort && isDeno
}

interface WebPort extends EventTarget, Pick<StreamPort, 'on' | 'off'> {
  start(): void
}

type Listener = (value: never) => void

/** Adds the `on` and `off` of Node's ports to a Web port, which stays the same object. */
function listening(port: WebPort): StreamPort {
  const listeners = new WeakMap<Listener, (event: Event) => void>()
  port.on = (event: string, listener: Listener) => {
    const onEvent = (one: Event): void => listener((one as MessageEvent).data as never)
    listeners.set(listener, onEvent)
    port.addEventListener(event, onEvent)
    if (event === 'message') port.start()
  }
  port.off = (event: string, listener: Listener) => {
    const onEvent = listeners.get(listener)
    if (onEvent !== undefined) port.removeEventListener(event, onEvent)
  }
  return port as unknown as StreamPort
}

/** Takes a message that has arrived, without waiting for the event loop; only possible with Node's own ports. */
export function receiver(port: StreamPort): () => { readonly message: unknown } | undefined {
  return port instanceof MessagePort ? () => receiveMessageOnPort(port) : () => undefined
}
