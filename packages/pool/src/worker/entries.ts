/** The exports of the text that threads run: how each kind of thread is started. */
export { startLoop } from './loop.js'
export { startThread } from './thread.js'
