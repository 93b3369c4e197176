import { Worker } from 'node:worker_threads'
import { plugAndPlay } from './plug-and-play.js'

const DROPPED =
  /^(-e|--eval|-p|-pe|--print|-c|--check|-i|--interactive|--input-type|--watch.*|--test.*|--inspect.*|--debug.*|--prof|--cpu-prof-name|--heap-prof-name)$/

/**
 * The process's own flags, less those that say what to run or that a worker refuses: a worker that inherits
 * `--input-type=module` or `-e` never comes up, and one that is given `--max-old-space-size` is not even made. The names
 * of profiles are left out, since all threads would write to one file.
 */
export function inheritedExecArgv(execArgv: readonly string[] = process.execArgv): string[] {
  const kept = grouped(execArgv).filter(([flag]) => !DROPPED.test(nameOf(flag)))
  const flags = kept.length === 0 ? kept : accepted(kept)
  return [...flags.flat(), ...plugAndPlay(execArgv)]
}

/** A flag, with its value where that stands by itself. */
type Flag = readonly [flag: string, ...value: string[]]

/** What stands among the flags and is none is the value of the one before it: what is run, and its arguments, are not there. */
function grouped(execArgv: readonly string[]): Flag[] {
  const flags: [string, ...string[]][] = []
  for (const part of execArgv) {
    const last = flags.at(-1)
    if (last === undefined || part.startsWith('-')) flags.push([part])
    else last.push(part)
  }
  return flags
}

function nameOf(flag: string): string {
  return flag.replace(/=.*$/s, '')
}

/** Those that a worker takes. Node tells only by refusing, so it is asked for a worker that it must refuse. */
function accepted(flags: readonly Flag[]): readonly Flag[] {
  try {
    new Worker('', { eval: true, execArgv: [...flags.flat(), '--refuse-this-one'] })
  } catch (error) {
    const refused = `${(error as Error).message.replace(/^.*? flags:/, ',')},`
    return flags.filter(([flag]) => !refused.includes(`, ${flag},`))
  }
  return flags
}
