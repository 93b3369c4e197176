import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type Chart, goalsChart, rowChart, seriesCharts } from './charts.js'
import type { Report } from './result.js'
import { quietLine } from './settled.js'
import { noiseLine, terminalTable } from './terminal.js'

/** A self-contained page: the charts, the library that draws them, and the table as text. */
export function writeHtml(file: string, report: Report): void {
  const require = createRequire(import.meta.url)
  // The build with a global is not among the package's exports; it is beside the exported one.
  const library = readFileSync(join(dirname(require.resolve('chart.js')), 'chart.umd.min.js'), 'utf8')
  const rows = report.rows.filter(({ scale, absent }) => scale === undefined && absent === undefined)
  const sections: [title: string, charts: Chart[]][] = [
    ['Goals', [goalsChart(report.rows)]],
    ['Scale', seriesCharts(report.rows)],
    ['Rows', rows.map(rowChart)]
  ]
  const charts = sections.flatMap(([, own]) => own)
  const body = sections
    .filter(([, own]) => own.length > 0)
    .map(
      ([title, own]) =>
        `<h2>${title}</h2><div class="${title.toLowerCase()}">${own.map(figure).join('')}</div>`
    )
  writeFileSync(
    file,
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>bridge: ours, the peers and the limit</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem; color: #222 }
.rows, .scale { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(520px, 100%), 1fr)); gap: 1.5rem }
figure { margin: 0; position: relative } pre { overflow-x: auto; font-size: 12px } p { color: #555 }
</style>
<h1>bridge: ours, the peers and the limit</h1>
<p>${escaped(`${report.date} · ${report.mode} run of ${Math.round(report.seconds)} s · Node ${report.node} · ${report.machine}`)}<br>
${escaped(noiseLine(report))}<br>
${escaped(quietLine(report.rows.flatMap(({ goals }) => goals)))}</p>
${body.join('\n')}
<h2>Table</h2>
<pre>${escaped(terminalTable(report, undefined))}</pre>
<script>${library}</script>
<script>
Chart.defaults.animation = false
for (const { id, config } of ${JSON.stringify(charts).replaceAll('<', '\\u003c')}) new Chart(id, config)
</script>
`
  )
}

function figure({ id, height }: Chart): string {
  return `<figure style="height: ${height}px"><canvas id="${id}"></canvas></figure>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
