import type { ExceptionFilter } from '@nestjs/common'

/** Where `@Catch` stores the classes that a filter catches, in every supported version of Nest. */
const CAUGHT = '__filterCatchExceptions__'

/** Whether the filter catches the exception; a filter without classes catches all. */
export function catches(filter: ExceptionFilter, exception: unknown): boolean {
  const classes: unknown = Reflect.getMetadata(CAUGHT, filter.constructor)
  if (!Array.isArray(classes) || classes.length === 0) return true
  return classes.some(one => exception instanceof (one as abstract new () => unknown))
}
