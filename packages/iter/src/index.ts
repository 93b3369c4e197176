export { type Channel, type ChannelWait, channel, openChannel } from './channel/channel.js'
export type { ChannelHandle, ChannelOptions } from './channel/handle.js'
export type { Blocker } from './consumer/blocker.js'
export { type OpenOptions, openStream, type PortStream, type StreamControl } from './consumer/open-stream.js'
export type { StreamProgress } from './consumer/progress.js'
export { notifier, wordBlocker } from './consumer/word-blocker.js'
export { withItemTimeout } from './convert/item-timeout.js'
export { type ToAsyncOptions, toAsync } from './convert/to-async.js'
export type { StreamInput } from './producer/iterator-of.js'
export { type ServeOptions, serveStream } from './producer/serve-stream.js'
export type { Foreign, Live, Refer, Stays } from './protocol/lost.js'
export type { StreamPort } from './protocol/port.js'
export {
  receiveBy,
  type SentSource,
  sentStreamsIn,
  steppedSource,
  stepSentStreams,
  type WakeCounter,
  wakeReaderOf,
  watchSentStreams
} from './sent/sent-sources.js'
export {
  receiveStream,
  type SendableStream,
  type SendOptions,
  type SentStream,
  sendStream
} from './sent/sent-stream.js'
