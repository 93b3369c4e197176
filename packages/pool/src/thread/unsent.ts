import { notCloneable, refuseUncloneable, type Task } from '@bridge/core/executor'

/** The error of a task that could not be sent: because of its context, or its arguments. */
export function unsent({ name, args, context }: Task, cause: unknown): unknown {
  try {
    refuseUncloneable(name, context)
  } catch (error) {
    return error
  }
  return notCloneable(`${name}()`, 'args', args, cause)
}
