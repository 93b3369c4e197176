import { createPool } from '@bridge/pool'

const pool = createPool()
// One thread for objects that belong together: objects of one thread can be passed to each other.
const { Notes } = pool.pin().import(new URL('./notes.js', import.meta.url))

const notes = new Notes(':memory:') // returns at once: its method calls run after the constructor, in their order
try {
  console.log(await notes.add('buy milk', 'call Ada', 'buy bread')) // prints: 3
  console.log((await notes.find('buy')).map(({ text }) => text)) // prints: [ 'buy milk', 'buy bread' ]
  for await (const text of notes) console.log(text)
  // prints: buy milk
  // prints: call Ada
  // prints: buy bread
} finally {
  await notes[Symbol.asyncDispose]() // closes the database in its thread
}
await pool.close()
