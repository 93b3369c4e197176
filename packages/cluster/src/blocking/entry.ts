export { relay, teardown } from './relay.js'
