import { NotCloneableError } from '@bridge/core'
import type { AbstractExecutor } from '@bridge/core/executor'
import type { Lane } from '../lane/lane.js'
import { BACK } from '../lane/wire.js'
import { Home } from '../object/home.js'
import type { Received } from '../object/received.js'
import { checkUse, sentValue } from '../object/sent-arguments.js'
import type { Thread } from '../thread/thread.js'
import type { ThreadCalls } from '../thread/thread-calls.js'
import type { CallbackThread } from './callbacks.js'

/** What the functions that a thread holds need of it. */
export function callbackThread(
  thread: Thread,
  lane: Lane,
  executor: AbstractExecutor,
  received: Received,
  calls: () => ThreadCalls
): CallbackThread {
  return {
    thread,
    control: lane.threadData.control,
    ring: () => lane.ring(),
    takeBack: call => calls().takeBack(call),
    open: port => lane.send([BACK, port], [port]),
    received: (data, references) => received.data(data, references),
    callOf: id => calls().find(id),
    sent(name, value) {
      const sent = sentValue(value, [], reference => {
        checkUse(name, reference, executor)
        if (Home.of(reference).thread === thread) return
        throw new NotCloneableError(
          `${name}(): the ${reference.name} in its result lives on another thread than its caller`
        )
      })
      thread.callbacks.hold(sent)
      return sent
    }
  }
}
