/**
 * The store of nestjs-cls travels with every bridge call as soon as this is imported.
 * @module
 */

import './carry-all.js'

export { type CarryClsOptions, carryCls } from './carrier.js'
