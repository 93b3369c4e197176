import { ServerSentEvents } from './server-sent-events.js'
import type { ChosenFormat } from './stream-as.js'

/** How the items of a stream are written into an answer. */
export interface Encoding {
  readonly type: string
  readonly headers?: Readonly<Record<string, string>>
  /** What stands before the first item, and after the last. */
  readonly begin?: string
  readonly end?: string
  /** The text of an item. */
  item(item: unknown, isFirst: boolean): string
  /** What is written in the place of the rest where it fails, with what its exception would be answered with. */
  error?(answer: object): string
  /** What is written where no item has come for so many milliseconds. */
  readonly heartbeat?: number | undefined
  beat?(): string
}

/** A new one for each answer, since server-sent events are numbered. */
export function encodingOf({ format, errors, heartbeat }: ChosenFormat): Encoding {
  if (format === 'json') return json
  if (format === 'ndjson') return errors === true ? { ...ndjson, error: errorLine } : ndjson
  const events = new ServerSentEvents()
  return {
    type: 'text/event-stream; charset=utf-8',
    // Proxies would else keep the events until they have enough of them.
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
  // As JSON has `undefined` in an array.
  item: (item, isFirst) => `${isFirst ? '' : ','}${(JSON.stringify(item) as string | undefined) ?? 'null'}`
}
