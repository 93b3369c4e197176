import { Worker } from 'node:worker_threads'
import { plugAndPlay } from './plug-and-play.js'

const DROPPED =
  /^(-e|--eval|-p|-pe|--print|-c|--check|-i|--interactive|--input-type|--watch.*|--test.*|--inspect.*|--debug.*|--prof|--cpu-prof-name|--heap-prof-name)$/

/**
 * The process's own flags, without those that say what to run or that a worker refuses: a worker that inherits
 * `--input-type=module` or `-e` never starts, and creating one with `--max-old-space-size` throws. The names of
 * profiles are left out, since all threads would write to one file.
 */
export function inheritedExecArgv(execArgv: readonly string[] = process.execArgv): string[] {
  const kept = grouped(execArgv).filter(([flag]) => !DROPPED.test(nameOf(flag)))
  const flags = kept.length === 0 ? kept : accepted(kept)
  return [...flags.flat(), ...plugAndPlay(execArgv)]
}

/** A flag, with its value if that is a separate argument. */
type Flag = readonly [flag: string, ...value: string[]]

/**
 * An argument among the flags that is not a flag is the value of the flag before it: the script and its arguments are
 * not included.
 */
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

/**
 * The flags that a worker accepts. Node only shows that by refusing, so a worker is requested that Node must refuse in
 * any case.
 */
function accepted(flags: readonly Flag[]): readonly Flag[] {
  try {
    new Worker('', { eval: true, execArgv: [...flags.flat(), '--refuse-this-one'] })
  } catch (error) {
    const refused = `${(error as Error).message.replace(/^.*? flags:/, ',')},`
    return flags.filter(([flag]) => !refused.includes(`, ${flag},`))
  }
  return flags
}
