import { AsyncLocalStorage } from 'node:async_hooks'

// A storage that was once used costs every await of the thread up to Node 22, whatever is carried.
new AsyncLocalStorage<number>().enterWith(1)
