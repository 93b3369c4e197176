import type { MessageEvent } from '@nestjs/common'

const FIELDS = new Set(['data', 'id', 'type', 'retry', 'comment'])

/** Makes the events of one response from a stream's items; events without an id are numbered from 1. */
export class ServerSentEvents {
  #number = 0
  #lastId: string | undefined

  /** An item that has the form of an event is the event; any other item is the data of one. */
  of(item: unknown): MessageEvent {
    const event: MessageEvent = isEvent(item) ? item : { data: item as object }
    // Converted to text here, so that an item that cannot be converted fails here and not in Nest, which would send an error of its own.
    const data = event.data === undefined ? {} : { data: dataOf(event.data) }
    this.#number++
    this.#lastId = event.id === undefined ? String(this.#number) : String(event.id)
    return { ...event, ...data, id: this.#lastId }
  }

  /** The text of an item; the id of an item that cannot be written is not counted as the client's last. */
  item(item: unknown): string {
    const lastId = this.#lastId
    try {
      return this.text(this.of(item))
    } catch (error) {
      this.#lastId = lastId
      throw error
    }
  }

  /** The event for an error. */
  error(answer: object): MessageEvent {
    return { ...this.#again, type: 'error', data: answer }
  }

  /** A comment, which a client ignores. */
  beat(): MessageEvent {
    return { ...this.#again, comment: '' }
  }

  /** The text of an event. */
  text({ type, id, retry, comment, data }: MessageEvent): string {
    const parts: string[] = []
    if (type !== undefined) parts.push(`event: ${oneLine(type)}`)
    if (id !== undefined) parts.push(`id: ${oneLine(id)}`)
    if (retry !== undefined) parts.push(`retry: ${oneLine(retry)}`)
    if (comment !== undefined) parts.push(...linesOf(comment).map(line => `: ${line}`))
    if (data !== undefined) {
      parts.push(
        ...linesOf(typeof data === 'string' ? data : JSON.stringify(data)).map(line => `data: ${line}`)
      )
    }
    return `${parts.join('\n')}\n\n`
  }

  // With a new id the client would resume after it.
  get #again(): { id?: string } {
    return this.#lastId === undefined ? {} : { id: this.#lastId }
  }
}

function isEvent(item: unknown): item is MessageEvent {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false
  return Object.hasOwn(item, 'data') && Object.keys(item).every(field => FIELDS.has(field))
}

/** Strings unchanged, anything else as JSON, as Nest writes data. */
function dataOf(item: unknown): string {
  return typeof item === 'string' ? item : ((JSON.stringify(item) as string | undefined) ?? 'null')
}

const oneLine = (field: unknown): string => String(field).replace(/[\r\n]/g, '')

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/)
