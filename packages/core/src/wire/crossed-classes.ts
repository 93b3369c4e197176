/** For an error that has come from another thread: the names of its classes there, each with all names that it has. */
const crossed = new WeakMap<object, readonly (readonly string[])[]>()

/** Records the classes that an error had where it was thrown. */
export function addCrossedClasses(error: object, classes: readonly (readonly string[])[]): void {
  if (classes.length > 0) crossed.set(error, classes)
}

/** Whether an error was thrown as an instance of the class that a module exports under that name. */
export function hasCrossedAs(error: unknown, module: string, name: string): boolean {
  return crossed.get(error as object)?.some(names => names.includes(`${module}#${name}`)) === true
}
