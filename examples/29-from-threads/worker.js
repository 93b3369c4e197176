import { Observable } from 'observable-fns'
import { expose } from 'threads/worker'

expose({
  double: n => 2 * n,
  count: n =>
    new Observable(observer => {
      for (let i = 1; i <= n; i++) observer.next(i)
      observer.complete()
    })
})
