import { parentPort } from 'node:worker_threads'
import * as tasks from './tasks.js'

const run: Record<tasks.TaskName, (input: never) => unknown> = { ...tasks }

// The minimum for answering calls: one message, and one back.
parentPort?.on('message', async ([id, task, input]: [id: number, task: tasks.TaskName, input: never]) => {
  parentPort?.postMessage([id, await run[task](input)])
})
