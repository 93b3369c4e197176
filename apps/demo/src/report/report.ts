// A synchronous script over an asynchronous library, without any `await`. Postgres runs on bridge's loop thread and stays
// there between the calls.
import { loop } from '@bridge/pool'

const { close, delaysByDistance, load, version } = loop.importSync<typeof import('./report.tasks.js')>(
  new URL('./report.tasks.js', import.meta.url)
)

const sampled = load(10)
console.log(`${version()}: ${sampled} of 200,000 flights, delays in minutes\n`)
console.log(table(delaysByDistance()))
close()

function table(rows: readonly object[]): string {
  const titles = Object.keys(rows[0] ?? {})
  const lines = [titles, ...rows.map(row => Object.values(row).map(String))]
  const widths = titles.map((_, column) => Math.max(...lines.map(cells => cells[column]?.length ?? 0)))
  const format = (cells: readonly string[]) =>
    cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('   ')
  const [head, ...body] = lines.map(format)
  return [head, '─'.repeat(head?.length ?? 0), ...body].join('\n')
}
