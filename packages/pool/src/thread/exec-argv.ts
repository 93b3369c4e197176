import { Worker } from 'node:worker_threads'

const WITH_VALUE = /^(-e|--eval|-p|--print|--input-type)$/
const DROPPED =
  /^(-e|--eval|-p|-pe|--print|-c|--check|-i|--interactive|--input-type(=.*)?|--eval=.*|--print=.*|--watch.*|--test.*|--inspect.*|--debug.*|--prof|--cpu-prof.*|--heap-prof.*)$/

/**
 * The process's own flags, less those that say what to run or that a worker refuses: a worker that inherits
 * `--input-type=module` or `-e` never comes up, and one that is given `--max-old-space-size` is not even made.
 */
export function inheritedExecArgv(execArgv: readonly string[] = process.execArgv): string[] {
  const kept: string[] = []
  for (let index = 0; index < execArgv.length; index++) {
    const flag = execArgv[index] as string
    if (WITH_VALUE.test(flag)) index++
    else if (!DROPPED.test(flag)) kept.push(flag)
  }
  return kept.length === 0 ? kept : accepted(kept)
}

/** Those that a worker takes. Node tells only by refusing, so it is asked for a worker that it must refuse. */
function accepted(flags: readonly string[]): string[] {
  try {
    new Worker('', { eval: true, execArgv: [...flags, '--refuse-this-one'] })
  } catch (error) {
    const refused = `${(error as Error).message.replace(/^.*? flags:/, ',')},`
    return flags.filter(flag => !refused.includes(`, ${flag},`))
  }
  return [...flags]
}
