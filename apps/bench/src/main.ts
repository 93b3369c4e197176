import { readFileSync, writeFileSync } from 'node:fs'
import { writeHtml } from './report/html.js'
import { writeMarkdown } from './report/markdown.js'
import type { Report } from './report/result.js'
import { terminalTable } from './report/terminal.js'
import { allRows } from './rows/all-rows.js'
import { parseArguments, usage } from './run/arguments.js'
import { chooseRows, runAll } from './run/run-all.js'

async function main(): Promise<void> {
  const { mode, only, json, html, markdown, compare, help } = parseArguments(process.argv.slice(2))
  if (help) {
    console.log(usage)
    return
  }
  // Read first: a run is long, and a file that is not there is better known before it.
  const before = compare === undefined ? undefined : (JSON.parse(readFileSync(compare, 'utf8')) as Report)
  const rows = chooseRows(only, mode)
  if (rows.length === 0) {
    throw new Error(
      `no row begins with ${only.join(', ')}; there are: ${allRows.map(({ id }) => id).join(', ')}`
    )
  }
  const started = performance.now()
  const report = await runAll(rows, mode, (done, id) => {
    const seconds = Math.round((performance.now() - started) / 1000)
    progress(`[${done + 1}/${rows.length}] ${id} · ${seconds} s`)
  })
  progress('')
  console.log(terminalTable(report, before))
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`)
  if (html !== undefined) writeHtml(html, report)
  if (markdown !== undefined) writeMarkdown(markdown, report)
}

/** One line that is written over on a terminal, and a line each in a log. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`)
  else if (text !== '') process.stderr.write(`${text}\n`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
