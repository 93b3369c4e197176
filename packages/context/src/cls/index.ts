/**
 * The store of nestjs-cls travels with every bridge call as soon as this is imported.
 * @module
 */

export { type CarryClsOptions, carryCls } from './carry-all.js'
