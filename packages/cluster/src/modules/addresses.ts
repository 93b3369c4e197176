import { createHash } from 'node:crypto'

/** The address at which every worker listens. */
export const WORKERS = 'workers'

/** The address at which the workers of a queue listen. */
export function queueAddress(queue: string): string {
  return `queue-${createHash('sha256').update(queue).digest('hex').slice(0, 24)}`
}
