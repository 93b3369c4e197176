import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { Refusal } from './refusal.js'
import type { Form } from './results.js'

/** The request to the command. */
export interface Request {
  readonly input: string
  readonly output: string
  readonly form: Form
  readonly tsconfig: string | undefined
  readonly mode: 'write' | 'check' | 'watch'
  /** The command that generates the same, from the folder of the package. */
  readonly command: string
}

export const USAGE = `usage: bridge-types <tasks.ts> [-o <output.ts>] [options]

Makes of a module of tasks a module to publish: plain functions and classes that block, with their types.

  -o, --out <file>      where it goes; unless given, tasks.sync.ts (or tasks.async.ts) beside tasks.ts
      --async           calls instead of blocking functions
  -p, --project <file>  the tsconfig.json; unless given, the nearest one above tasks.ts
      --check           writes nothing; exit code 1 where the output is not what would be written
      --watch           writes again whenever tasks.ts, or what it imports, changes
  -h, --help            shows this

Call it by npx -p @bridge/pool bridge-types: a bare npx bridge-types fetches what else has that name where none is installed.`

/** Parses the arguments; `undefined` is a request for help. */
export function readRequest(args: readonly string[]): Request | undefined {
  const { values, positionals } = parsed(args)
  if (values.help === true) return undefined
  const [given] = positionals
  if (positionals.length !== 1 || given === undefined) {
    throw usage(
      positionals.length === 0
        ? 'no module of tasks is named'
        : `one module at a time, not ${positionals.join(', ')}`
    )
  }
  if (values.check === true && values.watch === true) throw usage('--check and --watch exclude each other')
  if (!/\.[cm]?ts$/.test(given) || /\.d\.[cm]?ts$/.test(given)) {
    throw usage(`${given} is no module of tasks in TypeScript: its name has to end in .ts, .mts or .cts`)
  }
  if (!existsSync(given)) throw usage(`there is no ${given}`)
  // The path that TypeScript uses, whatever links lead there.
  const input = realpathSync(resolve(given))
  const form: Form = values.async === true ? 'calls' : 'blocking'
  const extension = (/\.[cm]?ts$/.exec(input) as RegExpExecArray)[0]
  const kind = form === 'calls' ? 'async' : 'sync'
  const output = throughLinks(values.out ?? input.replace(/\.[cm]?ts$/, `.${kind}${extension}`))
  if (!/\.[cm]?ts$/.test(output) || /\.d\.[cm]?ts$/.test(output)) {
    throw usage(`-o ${values.out} is no module in TypeScript: its name has to end in .ts, .mts or .cts`)
  }
  if (output === input) throw usage('-o names the module of tasks itself')
  if (!existsSync(dirname(output))) throw usage(`there is no folder ${dirname(output)} for the output`)
  const tsconfig = values.project === undefined ? undefined : resolve(values.project)
  const mode = values.check === true ? 'check' : values.watch === true ? 'watch' : 'write'
  return { input, output, form, tsconfig, mode, command: commandOf(input, output, form, tsconfig) }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string', short: 'o' },
        project: { type: 'string', short: 'p' },
        async: { type: 'boolean' },
        check: { type: 'boolean' },
        watch: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' }
      }
    })
  } catch (error) {
    throw usage((error as Error).message)
  }
}

const usage = (message: string): Refusal => new Refusal(`${message}\n\n${USAGE}`, 2)

function throughLinks(path: string): string {
  const folder = dirname(resolve(path))
  return join(existsSync(folder) ? realpathSync(folder) : folder, basename(path))
}

/** The same from every working directory, so that the output is the same. */
function commandOf(input: string, output: string, form: Form, tsconfig: string | undefined): string {
  const home = packageFolder(dirname(input))
  const from = (path: string): string => {
    const short = relative(home, path).split(sep).join('/')
    return /\s/.test(short) ? JSON.stringify(short) : short
  }
  return [
    'bridge-types',
    from(input),
    '-o',
    from(output),
    ...(form === 'calls' ? ['--async'] : []),
    ...(tsconfig === undefined ? [] : ['-p', from(tsconfig)])
  ].join(' ')
}

function packageFolder(folder: string): string {
  const above = dirname(folder)
  return existsSync(join(folder, 'package.json')) || above === folder ? folder : packageFolder(above)
}
