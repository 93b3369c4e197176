import type { ExceptionFilter } from '@nestjs/common'

/** Where `@Catch` keeps what a filter catches; every line of Nest has it there. */
const CAUGHT = '__filterCatchExceptions__'

/** Whether the filter catches the exception; one that names no classes catches all. */
export function catches(filter: ExceptionFilter, exception: unknown): boolean {
  const classes: unknown = Reflect.getMetadata(CAUGHT, filter.constructor)
  if (!Array.isArray(classes) || classes.length === 0) return true
  return classes.some(one => exception instanceof (one as abstract new () => unknown))
}
