import { AsyncLocalStorage } from 'node:async_hooks'

// Up to Node 22, a storage that was once used costs every await of the thread, whatever is carried.
new AsyncLocalStorage<number>().enterWith(1)
