/*
 * Sequence drawings, as text in pages:
 *
 *      caller | thread
 *      caller -> thread: CALL id fn args
 *      thread: runs the function
 *      thread -> caller: VALUE id value
 */

interface Step {
  readonly from: number
  /** The same as `from` for a step of a single participant. */
  readonly to: number
  readonly text: string
}

const WIDTH = 680
const HEAD = 44
const ROW = 46

/**
 * The drawing as SVG, in the colours of the page (`theme/style.css`), in one block of HTML without a blank line.
 *
 * @throws when a line has none of these forms.
 */
export function sequenceOf(text: string): string {
  const [first = '', ...lines] = text.trim().split('\n')
  const names = first.split('|').map(name => name.trim())
  const steps = lines.filter(line => line.trim() !== '').map(line => stepOf(line, names))
  const height = HEAD + steps.length * ROW + 12
  const middle = (n: number) => Math.round(((n + 0.5) * WIDTH) / names.length)
  const lifelines = names.map(
    (name, n) =>
      `<line class="life" x1="${middle(n)}" y1="${HEAD}" x2="${middle(n)}" y2="${height - 4}"/><rect x="${middle(n) - 70}" y="6" width="140" height="30" rx="6"/><text class="name" x="${middle(n)}" y="26">${escaped(name)}</text>`
  )
  const drawn = steps.map((step, n) => drawStep(step, HEAD + (n + 1) * ROW - 14, middle))
  const descriptions = steps.map(({ from, to, text }) =>
    from === to ? `${names[from]}: ${text}` : `${names[from]} to ${names[to]}: ${text}`
  )
  const label = escaped(`${names.join(' and ')}. ${descriptions.join('. ')}.`)
  return `<div class="drawing" tabindex="0" role="img" aria-label="${label}"><svg viewBox="0 0 ${WIDTH} ${height}" aria-hidden="true">${[...lifelines, ...drawn].join('')}</svg></div>`
}

function stepOf(line: string, names: readonly string[]): Step {
  const [, from, to, text = ''] = /^\s*(.+?)(?:\s*->\s*(.+?))?:\s(.*)$/.exec(line) ?? []
  const numbers = [from, to ?? from].map(name => names.indexOf(name ?? ''))
  const [fromNumber = -1, toNumber = -1] = numbers
  if (fromNumber < 0 || toNumber < 0) throw new Error(`this is not a step of a drawing: ${line}`)
  return { from: fromNumber, to: toNumber, text }
}

function drawStep({ from, to, text }: Step, y: number, middle: (n: number) => number): string {
  if (from === to) {
    return `<text class="own" x="${middle(from)}" y="${y}">${escaped(text)}</text>`
  }
  const [begin, end] = [middle(from), middle(to)]
  const direction = Math.sign(end - begin)
  const head = `M${end - direction * 9} ${y - 5}L${end} ${y}L${end - direction * 9} ${y + 5}`
  return `<line class="way" x1="${begin}" y1="${y}" x2="${end}" y2="${y}"/><path class="way" d="${head}"/><text x="${(begin + end) / 2}" y="${y - 7}">${escaped(text)}</text>`
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** Replaces the `sequence` code blocks of a page by drawings. */
export function withDrawings(page: string): string {
  return page.replaceAll(/^```sequence\n([\s\S]*?)^```$/gm, (_, text: string) => sequenceOf(text))
}
