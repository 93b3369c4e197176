export { type Blocker, notifier, wordBlocker } from './blocker.js'
export { type OpenOptions, openStream, type PortStream, type StreamControl } from './open-stream.js'
export { type ServeOptions, type StreamInput, serveStream } from './serve-stream.js'
