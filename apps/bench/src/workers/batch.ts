import { parentPort } from 'node:worker_threads'
import type { Records } from '../libraries/batch.js'
import * as tasks from './tasks.js'

const run: Record<tasks.TaskName, (input: never) => unknown> = { ...tasks }

// The minimum for answering many calls: one message with all of them, and one with all results.
parentPort?.on('message', async ({ task, records }: { task: tasks.TaskName; records: Records }) => {
  const running: unknown[] = []
  for (let n = 1; n < records.length; n += 2) running.push(run[task](records[n] as never))
  const answers = await Promise.all(running)
  for (let n = 0; n < answers.length; n++) records[2 * n + 1] = answers[n]
  parentPort?.postMessage(records)
})
