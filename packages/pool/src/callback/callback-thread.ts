import { NotCloneableError } from '@bridge/core'
import type { AbstractExecutor, ObjectReference } from '@bridge/core/executor'
import { lostIn } from '@bridge/core/internal'
import type { Connection } from '../connection/connection.js'
import { BACK } from '../connection/wire.js'
import { ObjectLocation } from '../object/object-location.js'
import type { Received } from '../object/received-data.js'
import { checkUse, sentValue } from '../object/sent-arguments.js'
import type { Thread } from '../thread/thread.js'
import type { CallbackThread } from './callbacks.js'

/** What the callbacks of a thread need from it. */
export function callbackThread(
  thread: Thread,
  connection: Connection,
  executor: AbstractExecutor,
  received: Received
): CallbackThread {
  return {
    thread,
    control: connection.threadData.control,
    heads: connection.threadData.heads,
    notify: () => connection.notify(),
    readPrinted: () => connection.readPrinted(),
    reclaim: call => thread.calls.reclaim(call),
    onBegun: inner => thread.calls.inner.begin(inner),
    hold: sent => thread.callbacks.hold(sent),
    open: port => connection.send([BACK, port], [port]),
    received: (data, references) => received.data(data, references),
    callOf: id => thread.calls.find(id),
    sent(name, value) {
      const use = (reference: ObjectReference): void => {
        checkUse(name, reference, executor)
        if (ObjectLocation.of(reference).thread === thread) return
        throw new NotCloneableError(
          `${name}(): the ${reference.name} in its result lives on another thread than its caller`
        )
      }
      return sentValue(value, [], use, lostIn(`${name}()`, 'its result', value))
    }
  }
}
