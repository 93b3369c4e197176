// Lists processes that a run left behind: those with its mark (BRIDGE_CI_RUN) in their environment that are
// neither this process nor one of its ancestors. Linux only; elsewhere it finds nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

const mark = `BRIDGE_CI_RUN=${process.env.BRIDGE_CI_RUN}`

function read(pid, what) {
  try {
    return readFileSync(`/proc/${pid}/${what}`, 'utf8')
  } catch {
    return '' // it ended meanwhile, or is not ours
  }
}

const parentOf = pid => Number(/^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1] ?? 0)

function leftBehind() {
  const ours = new Set()
  for (let pid = process.pid; pid > 0; pid = parentOf(pid)) ours.add(String(pid))
  return readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid) && !ours.has(pid))
    .filter(pid => read(pid, 'environ').split('\0').includes(mark))
    .map(pid => `${pid} ${read(pid, 'cmdline').replaceAll('\0', ' ')}`)
}

if (process.env.BRIDGE_CI_RUN && existsSync('/proc/self/environ')) {
  let found = leftBehind()
  for (let wait = 0; found.length > 0 && wait < 20; wait++) {
    await setTimeout(250) // whatever is just ending
    found = leftBehind()
  }
  if (found.length > 0) {
    console.error(`processes left behind:\n${found.join('\n')}`)
    process.exitCode = 1
  }
}
