import { createPool } from '@bridge/pool'

const pool = createPool({ maxThreads: 1 })
const tasks = pool.import(new URL('./tasks.js', import.meta.url))
const failure = error => `${error.code}: ${error.message}`

// 1. The caller is blocked, and the callback needs the caller's event loop.
const later = async () => 1
try {
  tasks.askBlocking(later).runSync()
} catch (error) {
  console.log(failure(error))
  // prints: BRIDGE_DEADLOCK: later() is asynchronous and needs the thread that passed it, which is blocked by askBlocking() until that has ended: askBlocking() → later() → askBlocking(); await askBlocking(), or pass it a synchronous function
}
// Awaited, the event loop is free to run it.
console.log(await tasks.askBlocking(later)) // prints: 1

// 2. A callback waits for the very call that waits for the callback.
const itself = tasks.ask(() => itself.runSync())
console.log(await itself.catch(failure))
// prints: BRIDGE_DEADLOCK: ask() is waited for by a callback that it waits for itself: ask() → callback() → ask(); let the callback return first
// Let the callback make a call of its own.
console.log(await tasks.ask(() => tasks.add(1, 1).runSync())) // prints: 2

// 3. The one thread is blocked by a call that needs it for something asynchronous.
console.log(await tasks.ask(() => tasks.addLater(1, 2).runSync()).catch(failure))
// prints: BRIDGE_DEADLOCK: addLater() is asynchronous, and the only thread that may run it is blocked until it has ended, by a callback or a stream that calls addLater(); call it where the task awaits that, or allow more threads (maxThreads)
// Another thread can run it.
const wider = createPool({ maxThreads: 2 })
const more = wider.import(new URL('./tasks.js', import.meta.url))
console.log(await more.ask(() => more.addLater(1, 2).runSync())) // prints: 3

await pool.close()
await wider.close()
