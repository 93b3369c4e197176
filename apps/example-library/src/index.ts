export * from './tasks.sync.js'
