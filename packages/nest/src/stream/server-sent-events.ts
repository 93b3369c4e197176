import type { MessageEvent } from '@nestjs/common'

const FIELDS = new Set(['data', 'id', 'type', 'retry', 'comment'])

/** Makes the events of one answer of a stream's items; those without an id are numbered from 1. */
export class ServerSentEvents {
  #number = 0
  #lastId: string | undefined

  /** An item that looks like an event is one; any other is the data of one. */
  of(item: unknown): MessageEvent {
    const event: MessageEvent = isEvent(item) ? item : { data: item as object }
    // As text already: what can't be written fails here, and not where Nest writes it, which tells the client in its own way.
    const data = event.data === undefined ? {} : { data: dataOf(event.data) }
    this.#number++
    this.#lastId = event.id === undefined ? String(this.#number) : String(event.id)
    return { ...event, ...data, id: this.#lastId }
  }

  /** An item as it is written; the id of one that can't be is not the last that the client has. */
  item(item: unknown): string {
    const lastId = this.#lastId
    try {
      return this.text(this.of(item))
    } catch (error) {
      this.#lastId = lastId
      throw error
    }
  }

  /** What tells a client of an error. */
  error(answer: object): MessageEvent {
    return { ...this.#again, type: 'error', data: answer }
  }

  /** What a client ignores. */
  beat(): MessageEvent {
    return { ...this.#again, comment: '' }
  }

  /** The event as it is written. */
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

  // An id of its own would make the client take up after it.
  get #again(): { id?: string } {
    return this.#lastId === undefined ? {} : { id: this.#lastId }
  }
}

function isEvent(item: unknown): item is MessageEvent {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false
  return Object.hasOwn(item, 'data') && Object.keys(item).every(field => FIELDS.has(field))
}

/** Text as it is, anything else as JSON, as Nest writes data. */
function dataOf(item: unknown): string {
  return typeof item === 'string' ? item : ((JSON.stringify(item) as string | undefined) ?? 'null')
}

const oneLine = (field: unknown): string => String(field).replace(/[\r\n]/g, '')

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/)
