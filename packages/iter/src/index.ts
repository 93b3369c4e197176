export type { Blocker } from './blocker.js'
export { type Channel, type ChannelWait, channel, openChannel } from './channel/channel.js'
export type { ChannelHandle, ChannelOptions } from './channel/handle.js'
export { withItemTimeout } from './item-timeout.js'
export type { StreamInput } from './iterator-of.js'
export type { Foreign, Live, Refer, Stays } from './lost.js'
export { type OpenOptions, openStream, type PortStream, type StreamControl } from './open-stream.js'
export type { StreamPort } from './port.js'
export type { StreamProgress } from './progress.js'
export {
  type Bell,
  receiveBy,
  type SentSource,
  sentStreamsIn,
  steppedSource,
  stepSentStreams,
  wakeReaderOf,
  watchSentStreams
} from './sent-sources.js'
export {
  receiveStream,
  type SendableStream,
  type SendOptions,
  type SentStream,
  sendStream
} from './sent-stream.js'
export { type ServeOptions, serveStream } from './serve-stream.js'
export { type ToAsyncOptions, toAsync } from './to-async.js'
export { notifier, wordBlocker } from './word-blocker.js'
