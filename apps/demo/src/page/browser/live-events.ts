import type { EndedCall, ThreadEvent, Tick } from '../../live/live-feed.js'

/** Listeners for the server's live events. */
export interface Listeners {
  readonly tick: (tick: Tick) => void
  readonly call: (call: EndedCall) => void
  readonly thread: (event: ThreadEvent) => void
}

/** Listens to the server for as long as the page is open; the browser reconnects by itself. */
export function listen(listeners: Listeners): void {
  const source = new EventSource('/live')
  for (const type of ['tick', 'call', 'thread'] as const) {
    source.addEventListener(type, event => listeners[type](JSON.parse(event.data)))
  }
}
