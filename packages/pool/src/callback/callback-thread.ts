import { NotCloneableError } from '@bridge/core'
import type { AbstractExecutor, ObjectReference } from '@bridge/core/executor'
import { lostIn } from '@bridge/core/internal'
import type { Lane } from '../lane/lane.js'
import { BACK } from '../lane/wire.js'
import { Home } from '../object/home.js'
import type { Received } from '../object/received-data.js'
import { checkUse, sentValue } from '../object/sent-arguments.js'
import type { Thread } from '../thread/thread.js'
import type { CallbackThread } from './callbacks.js'

/** What the functions that a thread holds need of it. */
export function callbackThread(
  thread: Thread,
  lane: Lane,
  executor: AbstractExecutor,
  received: Received
): CallbackThread {
  return {
    thread,
    control: lane.threadData.control,
    heads: lane.threadData.heads,
    ring: () => lane.ring(),
    readPrinted: () => lane.readPrinted(),
    takeBack: call => thread.calls.takeBack(call),
    onBegun: inner => thread.calls.inner.begin(inner),
    hold: sent => thread.callbacks.hold(sent),
    open: port => lane.send([BACK, port], [port]),
    received: (data, references) => received.data(data, references),
    callOf: id => thread.calls.find(id),
    sent(name, value) {
      const use = (reference: ObjectReference): void => {
        checkUse(name, reference, executor)
        if (Home.of(reference).thread === thread) return
        throw new NotCloneableError(
          `${name}(): the ${reference.name} in its result lives on another thread than its caller`
        )
      }
      return sentValue(value, [], use, lostIn(`${name}()`, 'its result', value))
    }
  }
}
