import type { Shown } from '../../code/code.controller.js'
import { byId, make } from './dom.js'

const INLINE = 'inline'
/** The part of the handler that chooses where its function runs, and the code without this demo's choice. */
const CHOICE = '(isInline ? this.#onTheLoop : this.tasks)'

/** The service's code, with a switch that shows the difference between the two places. */
export async function showCode(): Promise<void> {
  const shown = (await (await fetch('/code')).json()) as Shown[]
  const place = byId('code-parts')
  const switches = { pool: byId('code-pool'), inline: byId('code-inline') }
  const show = (isInline: boolean): void => {
    switches.pool.setAttribute('aria-pressed', String(!isInline))
    switches.inline.setAttribute('aria-pressed', String(isInline))
    place.className = isInline ? 'inline' : ''
    place.replaceChildren(
      ...shown.filter(({ title }) => title !== INLINE).flatMap(part => partOf(part, shown, isInline))
    )
  }
  switches.pool.addEventListener('click', () => show(false))
  switches.inline.addEventListener('click', () => show(true))
  show(false)
}

function partOf({ title, file, code }: Shown, shown: readonly Shown[], isInline: boolean): HTMLElement[] {
  const pre = make('pre')
  pre.tabIndex = 0
  const block = make('code')
  const [before, after] = code.split(CHOICE)
  if (after === undefined) block.textContent = code
  else {
    const own = shown.find(part => part.title === INLINE)?.code
    block.append(
      isInline ? `${own}\n\n` : '',
      before ?? '',
      make('mark', { text: isInline ? 'this.#onTheLoop' : 'this.tasks' }),
      after
    )
  }
  pre.append(block)
  return [make('p', { className: 'file', text: `${title} – src/${file}` }), pre]
}
