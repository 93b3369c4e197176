import type { DelaysDto } from '../../flights/flight.dto.js'
import { byId, make } from './dom.js'

/** The mean delay by hour as bars, each with its range. */
export async function showAnswer(): Promise<void> {
  const delays = (await (await fetch('/delays?by=hour')).json()) as DelaysDto[]
  const most = Math.max(...delays.map(({ range }) => range[1]))
  const share = (minutes: number): number => (Math.max(0, minutes) / most) * 100
  byId('bars').replaceChildren(
    ...delays.map(({ group, mean, range: [low, high], flights }) => {
      const item = make('li')
      item.title = `${group} o'clock: ${mean} minutes (${low} to ${high}), of ${flights.toLocaleString('en')} flights`
      const bar = make('span', { className: 'bar' })
      bar.style.height = `${share(mean)}%`
      const range = make('span', { className: 'range' })
      range.style.bottom = `${share(low)}%`
      range.style.height = `${share(high) - share(low)}%`
      const hour = make('span', { className: 'hour', text: String(group) })
      item.append(make('span', { className: 'hidden', text: item.title }), bar, range, hour)
      hour.setAttribute('aria-hidden', 'true')
      return item
    })
  )
}
