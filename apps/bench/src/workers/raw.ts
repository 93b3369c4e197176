import { parentPort } from 'node:worker_threads'
import * as tasks from './tasks.js'

const run: Record<tasks.TaskName, (input: never) => unknown> = { ...tasks }

// The least that answers calls: one message there, one back.
parentPort?.on('message', async ([id, task, input]: [id: number, task: tasks.TaskName, input: never]) => {
  parentPort?.postMessage([id, await run[task](input)])
})
