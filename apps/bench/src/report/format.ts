import type { Summary } from '../harness/statistics.js'
import type { RowResult, Standing } from './result.js'

/** Three significant digits, with separators of thousands. */
export function figureText(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/** A ratio with two decimals, or more if it is small. */
export function ratioText(value: number): string {
  if (value >= 100) return figureText(value)
  return value >= 0.1 ? value.toFixed(2) : String(Number(value.toPrecision(2)))
}

/** The median, and in brackets the range from the tenth to the ninetieth percentile. */
export function rangeText(summary: Summary, text: (value: number) => string): string {
  return `${text(summary.median)} (${text(summary.p10)}–${text(summary.p90)})`
}

/** A contestant's figure in a list. */
export function standingText({ name, figure, reference, invalid, failed }: Standing): string {
  if (reference !== undefined) return `${name} ${reference}`
  if (invalid !== undefined) return `${name} invalid: ${invalid}`
  if (failed !== undefined) return `${name} failed: ${failed}`
  return figure === undefined ? `${name} –` : `${name} ${rangeText(figure, figureText)}`
}

/** How many units of time are one microsecond; a row whose figure is not a time shows CPU time in microseconds. */
const PER_MICROSECOND: Readonly<Record<string, number>> = { ns: 1000, µs: 1, ms: 0.001 }

/** Whether a row's figures are times, so that CPU time can be on the same axis. */
export function isTime({ unit }: RowResult): boolean {
  return unit in PER_MICROSECOND
}

/** CPU time in the unit of its row. */
export function cpuIn({ unit }: RowResult, microseconds: number): number {
  return microseconds * (PER_MICROSECOND[unit] ?? 1)
}

/** A contestant's CPU time for each call, in the row's unit if that is a time. */
export function cpuText({ cpu }: Standing, row: RowResult): string | undefined {
  if (cpu === undefined) return undefined
  return `${rangeText(cpu, each => figureText(cpuIn(row, each)))}${isTime(row) ? '' : ' µs'}`
}

/** The cores of a row, if not all. */
export function placeText({ placement }: RowResult, before: string): string {
  return placement === 'unpinned' ? '' : `${before}${placement}`
}

export function percentText(part: number): string {
  return `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`
}
