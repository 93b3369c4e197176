import type { CallOptions } from '@bridge/core'
import type { Executor } from '@bridge/core/executor'
import { callRemote, remoteTarget } from '@bridge/core/internal'

type AnyFunction = (...args: unknown[]) => unknown

/** Adds `enqueue` to each function of a remote module; its calls run on the executor of jobs. */
export function withEnqueue<M extends object>(
  remote: M,
  jobs: Executor,
  url: string,
  options: CallOptions | undefined
): M {
  return new Proxy(remote, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key)
      if (typeof key === 'string' && typeof member === 'function')
        addEnqueue(member as AnyFunction, key, jobs, url, options)
      return member
    }
  })
}

function addEnqueue(
  fn: AnyFunction,
  name: string,
  jobs: Executor,
  url: string,
  options: CallOptions | undefined
): void {
  if (Object.hasOwn(fn, 'enqueue')) return
  const target = remoteTarget(name, jobs, url, options)
  Object.defineProperty(fn, 'enqueue', {
    value: (...args: unknown[]) => callRemote(target, undefined, args),
    configurable: true
  })
}
