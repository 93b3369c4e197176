import { readFileSync } from 'node:fs'
import type { Work } from '../harness/work.js'
import { blocking, contestant } from '../harness/work.js'
import { bridgeLoop, bridgePoolSync, makeSynchronous, synckit } from '../libraries/blocking.js'
import { workerPath, workerUrl } from '../libraries/url.js'
import type { Row } from './row.js'

const file = workerPath('synckit/readText')
let text: string | undefined

/** The query makes every argument different; the file is the same. */
const reading: Work<string> = {
  task: 'readText',
  input: id => `${workerUrl('synckit/readText').href}?${id}`,
  isRight(_, answer) {
    text ??= readFileSync(file, 'utf8')
    return answer === text
  }
}

export const synckitReadmeRow: Row = {
  id: 'synckit-readme',
  title: "synckit README's 1,000 calls: the text of a small file",
  unit: 'µs',
  placement: 'unpinned',
  how: 'rounds',
  calls: 1000,
  warmCalls: 2000,
  goals: [],
  isFullOnly: true,
  note: "the workload of synckit's README: no goal, for readers who know its figures",
  contestants: () =>
    [bridgePoolSync, bridgeLoop, synckit, makeSynchronous].map(library =>
      contestant(library, reading, blocking)
    )
}
