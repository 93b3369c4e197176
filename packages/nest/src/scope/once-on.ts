/** An object that reports its end by an event: a response, a socket. */
export interface Emitter {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

interface Attached {
  readonly listeners: Set<() => void>
  readonly detach: () => void
}

const attached = new WeakMap<Emitter, Map<string, Attached>>()

/**
 * Calls `listener` once, when the emitter emits; returns a function that removes it. All listeners share a single one that
 * is attached to the emitter: a socket may have many messages at a time, and Node warns about more than ten listeners.
 */
export function onceOn(emitter: Emitter, event: string, listener: () => void): () => void {
  const events = attached.get(emitter) ?? new Map<string, Attached>()
  attached.set(emitter, events)
  const shared = events.get(event) ?? attach(emitter, event, events)
  const own = (): void => listener()
  shared.listeners.add(own)
  return () => {
    if (shared.listeners.delete(own) && shared.listeners.size === 0) shared.detach()
  }
}

function attach(emitter: Emitter, event: string, events: Map<string, Attached>): Attached {
  const listeners = new Set<() => void>()
  const onEvent = (): void => {
    detach()
    for (const listener of [...listeners]) if (listeners.delete(listener)) listener()
  }
  const detach = (): void => {
    events.delete(event)
    emitter.off(event, onEvent)
  }
  emitter.on(event, onEvent)
  const made = { listeners, detach }
  events.set(event, made)
  return made
}
