import { readFileSync } from 'node:fs'
import { Controller, Get } from '@nestjs/common'
import { ApiOperation, ApiTags } from '@nestjs/swagger'

/** A part of this program's own source. */
export interface Shown {
  readonly title: string
  readonly file: string
  readonly code: string
}

const SHOWN = [
  ['the task', 'flights/flights.tasks.ts'],
  ['the class to inject', 'flights/flight-tasks.ts'],
  ['inline', 'flights/flights.controller.ts'],
  ['the handler', 'flights/flights.controller.ts']
] as const

/** The code on the page is read from the source, between region marks. */
@ApiTags('status')
@Controller('code')
export class CodeController {
  readonly #shown: readonly Shown[] = SHOWN.map(([title, file]) => ({
    title,
    file,
    code: regionOf(title, file)
  }))

  @Get()
  @ApiOperation({ summary: 'the task, the class and the handler, from the source' })
  code(): readonly Shown[] {
    return this.#shown
  }
}

function regionOf(title: string, file: string): string {
  const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8')
  const region = new RegExp(`^ *// #region shown: ${title}\\n([^]*?)^ *// #endregion`, 'm').exec(source)?.[1]
  if (region === undefined) throw new Error(`${file} has no region that is shown as ${title}`)
  const lines = region.trimEnd().split('\n')
  const indent = Math.min(...lines.filter(line => line.trim() !== '').map(line => line.search(/\S/)))
  return lines.map(line => line.slice(indent)).join('\n')
}
