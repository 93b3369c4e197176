import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

/**
 * Takes the next message without the event loop; `onUnread` is called for each message that can't be deserialized,
 * which is skipped.
 */
export function takeMessage<M>(port: MessagePort, onUnread: (error: Error) => void): M | undefined {
  for (;;) {
    try {
      return receiveMessageOnPort(port)?.message as M | undefined
    } catch (error) {
      onUnread(error as Error)
    }
  }
}
