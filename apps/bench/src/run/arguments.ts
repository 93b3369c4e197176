import { parseArgs } from 'node:util'
import { type Mode, modes } from './mode.js'

/** The command's options. */
export interface Arguments {
  readonly mode: Mode
  readonly only: readonly string[]
  readonly json?: string | undefined
  readonly html?: string | undefined
  readonly markdown?: string | undefined
  readonly compare?: string | undefined
  readonly from?: string | undefined
  readonly help: boolean
}

export const usage = `pnpm bench [options]

  --quick              some five minutes instead of twenty-five
  --only <row>         this row alone; its id, or how the ids begin; may be given again
  --json <file>        writes the whole report
  --compare <file>     sets an earlier report's ratios beside this run's
  --from <file>        measures nothing, shows the report that --json wrote
  --html <file>        writes one page with charts
  --markdown <file>    writes the table between the markers of a Markdown file
  --smoke              runs each row once with a few calls: proves that it runs, measures nothing`

/** @throws when an option is unknown. */
export function parseArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    // pnpm passes on the -- that separates its options from the command's.
    args: args.filter(arg => arg !== '--'),
    options: {
      quick: { type: 'boolean' },
      smoke: { type: 'boolean' },
      only: { type: 'string', multiple: true },
      json: { type: 'string' },
      html: { type: 'string' },
      markdown: { type: 'string' },
      compare: { type: 'string' },
      from: { type: 'string' },
      help: { type: 'boolean', short: 'h' }
    }
  })
  const mode = values.smoke === true ? modes.smoke : values.quick === true ? modes.quick : modes.full
  const { json, html, markdown, compare, from } = values
  return { mode, only: values.only ?? [], json, html, markdown, compare, from, help: values.help ?? false }
}
