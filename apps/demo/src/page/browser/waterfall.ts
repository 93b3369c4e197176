import type { LogLine } from '../../trace/log-lines.js'
import type { TraceSpan } from '../../trace/trace-span.js'
import { byId, make, milliseconds } from './dom.js'

interface Traced {
  readonly request: string
  readonly trace: string
  readonly spans: readonly TraceSpan[]
  readonly lines: readonly LogLine[]
}

/** One request's spans and log lines, on demand. */
export function showTrace(): void {
  const button = byId<HTMLButtonElement>('trace-run')
  button.addEventListener('click', async () => {
    button.disabled = true
    try {
      show((await (await fetch('/trace')).json()) as Traced)
    } catch (error) {
      byId('trace-state').textContent = `That did not work: ${(error as Error).message}`
    } finally {
      button.disabled = false
    }
  })
}

function show({ request, trace, spans, lines }: Traced): void {
  const began = Math.min(...spans.map(({ start }) => start))
  const whole = Math.max(...spans.map(({ start, duration }) => start + duration)) - began || 1
  byId('trace-state').textContent =
    `Request ${request}: ${spans.length} spans of trace ${trace.slice(0, 8)}…, ${milliseconds(whole)} ms.`
  byId('spans').replaceChildren(...inOrder(spans).map(span => rowOf(span, spans, began, whole)))
  byId('lines')
    .querySelector('tbody')
    ?.replaceChildren(...lines.map(line => lineOf(line, began)))
}

/** Each span before its children, which cannot be derived from the clock alone. */
function inOrder(spans: readonly TraceSpan[], parent?: string): TraceSpan[] {
  const isInside = ({ parent: own }: TraceSpan): boolean =>
    parent === undefined ? spans.every(({ id }) => id !== own) : own === parent
  return spans.filter(isInside).flatMap(span => [span, ...inOrder(spans, span.id)])
}

function rowOf(span: TraceSpan, spans: readonly TraceSpan[], began: number, whole: number): HTMLLIElement {
  const row = make('li')
  const name = make('span', { text: span.task === undefined ? span.name : `${span.name} ${span.task}` })
  name.style.paddingLeft = `${depthOf(span, spans)}rem`
  const queue =
    span.wait !== undefined && span.wait > 0.05 ? `, ${milliseconds(span.wait)} ms of it in the queue` : ''
  name.append(
    make('span', { className: 'faint', text: ` ${span.where}, ${milliseconds(span.duration)} ms${queue}` })
  )
  const track = make('span', { className: 'track' })
  const bar = (className: string, start: number, duration: number): void => {
    const part = make('i', { className })
    part.style.left = `${((start - began) / whole) * 100}%`
    part.style.width = `${(duration / whole) * 100}%`
    track.append(part)
  }
  bar(span.where === 'main thread' ? 'main' : '', span.start, span.duration)
  if (span.wait !== undefined) bar('queue', span.start, span.wait)
  row.append(name, track)
  return row
}

function depthOf(span: TraceSpan, spans: readonly TraceSpan[]): number {
  const parent = spans.find(({ id }) => id === span.parent)
  return parent === undefined ? 0 : depthOf(parent, spans) + 1
}

function lineOf({ at, where, request, message }: LogLine, began: number): HTMLTableRowElement {
  const row = make('tr')
  const texts = [`${milliseconds(Math.max(0, at - began))} ms`, where, `${request?.slice(0, 8)}…`, message]
  row.append(...texts.map(text => make('td', { text })))
  return row
}
