import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/**
 * Puts a process's first thread on one core and all its other threads on the remaining cores. By itself the kernel puts a
 * caller and its thread on one core or on two, at random and for a whole launch, and a parked round trip costs nine times as
 * much in one case as in the other.
 */
export function keepApart(pid = process.pid): void {
  const last = Math.max(1, availableParallelism() - 1)
  taskset('-acp', `1-${last}`, pid)
  taskset('-cp', '0', pid)
}

/** Whether this machine can keep a process on one core. */
export function canPin(): boolean {
  return isAllowed('0')
}

/** Whether there is a second core for the other threads. */
export function canKeepApart(): boolean {
  return isAllowed('0') && isAllowed('1')
}

function isAllowed(core: string): boolean {
  return spawnSync('taskset', ['-c', core, 'true'], { stdio: 'ignore' }).status === 0
}

const ATTEMPTS = 20

function taskset(how: string, cores: string, pid: number): void {
  let said = ''
  // If a thread ends while taskset iterates over them, taskset fails at that thread.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { status, stderr } = spawnSync('taskset', [how, cores, String(pid)], { encoding: 'utf8' })
    if (status === 0) return
    said = stderr
  }
  throw new Error(`taskset ${how} ${cores} failed: ${said}`)
}
