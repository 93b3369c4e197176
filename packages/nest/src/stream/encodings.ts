import { ServerSentEvents } from './server-sent-events.js'
import type { ChosenFormat } from './stream-as.js'

/** How the items of a stream are written into a response. */
export interface Encoding {
  readonly type: string
  readonly headers?: Readonly<Record<string, string>>
  /** The text before the first item, and after the last. */
  readonly begin?: string
  readonly end?: string
  /** The text of an item. */
  item(item: unknown, isFirst: boolean): string
  /** The text that replaces the rest of a failed stream, from the body with which its exception would be answered. */
  error?(answer: object): string
  /** Milliseconds without an item after which `beat` is written. */
  readonly heartbeat?: number | undefined
  beat?(): string
}

/** Makes a new encoding for each response, because server-sent events are numbered. */
export function encodingOf({ format, errors, heartbeat }: ChosenFormat): Encoding {
  if (format === 'json') return json
  if (format === 'ndjson') return errors === true ? { ...ndjson, error: errorLine } : ndjson
  const events = new ServerSentEvents()
  return {
    type: 'text/event-stream; charset=utf-8',
    // Otherwise proxies would hold the events back until they have enough of them.
    headers: { 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' },
    item: item => events.item(item),
    ...(errors !== false && { error: answer => events.text(events.error(answer)) }),
    heartbeat,
    beat: () => events.text(events.beat())
  }
}

const line = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? '' : `${text}\n`
}

const errorLine = (error: object): string => line({ error })

const ndjson: Encoding = { type: 'application/x-ndjson', item: line }

const json: Encoding = {
  type: 'application/json; charset=utf-8',
  begin: '[',
  end: ']',
  // As JSON.stringify writes `undefined` in an array.
  item: (item, isFirst) => `${isFirst ? '' : ','}${(JSON.stringify(item) as string | undefined) ?? 'null'}`
}
