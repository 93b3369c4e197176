import { readFileSync, writeFileSync } from 'node:fs'
import { writeHtml } from './report/html.js'
import { findMarkers, writeMarkdown } from './report/markdown.js'
import type { Report } from './report/result.js'
import { terminalTable } from './report/terminal.js'
import { allRows } from './rows/all-rows.js'
import { type Arguments, parseArguments, usage } from './run/arguments.js'
import { chooseRows, runAll } from './run/run-all.js'

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2))
  if (options.help) {
    console.log(usage)
    return
  }
  // Checked first: a run is long, and errors of a file should be reported before it.
  const before = options.compare === undefined ? undefined : readReport(options.compare)
  if (options.markdown !== undefined) findMarkers(options.markdown)
  const report = options.from === undefined ? await measure(options) : readReport(options.from)
  console.log(terminalTable(report, before))
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`)
  if (options.html !== undefined) writeHtml(options.html, report)
  if (options.markdown !== undefined) writeMarkdown(options.markdown, report)
}

async function measure({ mode, only }: Arguments): Promise<Report> {
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
  return report
}

function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** One line that is overwritten on a terminal, and separate lines in a log. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`)
  else if (text !== '') process.stderr.write(`${text}\n`)
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
