import { createSyncFn } from 'synckit'

const hash = createSyncFn(new URL('./worker.js', import.meta.url))
console.log(hash('x')) // prints: 2d711642
