import { addressed } from '../bridge/addressed.js'
import { isObject } from '../data.js'
import { TaskNotFoundError } from '../errors/errors.js'
import { shapeOf } from '../object/shape.js'

type TaskFunction = (...args: never[]) => unknown

interface Named {
  readonly name: string
  readonly module: string | undefined
}

/** The value of an export, and the object that holds it. */
interface Export {
  readonly holder: object | undefined
  readonly value: unknown
}

/** A member of something that a module exports, which may be missing; for the module itself, one of its exports. */
export interface Member {
  readonly holder: object
  readonly key: string
}

/** The function a task names, from the module's exports; a CommonJS module's may stand under `default`. */
export function findFunctionIn(module: object, task: Named): TaskFunction {
  const found = exportsOf(module, task)
  // In compiled CommonJS 'default' is the module itself, and the function is its member of that name.
  const { holder, value: fn } = found.find(({ value }) => typeof value === 'function') ?? {}
  // A method of an instance that is the module.
  if (fn !== undefined && isInherited(holder, task.name)) return (fn as TaskFunction).bind(holder as never)
  if (fn !== undefined) return fn as TaskFunction
  const [first] = found
  if (first !== undefined) {
    throw new TaskNotFoundError(
      `${task.module} exports no function '${task.name}': that name is ${kindOf(first.value)}${hintOfUse(task.name, first.value)}`
    )
  }
  throw missing(module, task)
}

/** The class or other function that a path names, such as 'shapes.Circle'. */
export function findClassIn(module: object, task: Named, path: string): TaskFunction {
  if (!path.includes('.')) return findFunctionIn(module, { name: path, module: task.module })
  const { holder, key } = findMemberIn(module, task, path)
  const found: unknown = Reflect.get(holder, key)
  if (typeof found === 'function') return found as TaskFunction
  throw new TaskNotFoundError(`${path} of ${task.module} is not a class: it is ${kindOf(found)}`)
}

/** The member that a path such as 'api.users.list', 'Database.open' or 'VERSION' leads to. */
export function findMemberIn(module: object, task: Named, path: string): Member {
  const [whole] = exportsOf(module, { name: path, module: task.module })
  if (whole !== undefined) return { holder: whole.holder ?? module, key: path }
  const [name, rest] = splitAt(path)
  const found = exportsOf(module, { name, module: task.module })
  const { value } = found[0] ?? {}
  if (found.length === 0 || rest === undefined) throw missing(module, { name, module: task.module })
  // In compiled CommonJS 'default' may be the module itself, or the module's own export of that name.
  const members = found.flatMap(one => (isObject(one.value) ? [memberIn(one.value, rest)] : []))
  const member = members.find(one => one.key in one.holder) ?? members.at(-1)
  if (member !== undefined) return member
  throw new TaskNotFoundError(`${task.module} exports no object '${name}': it is ${kindOf(value)}`)
}

function memberIn(holder: object, path: string): Member {
  const [key, rest] = splitAt(path)
  if (rest === undefined || path in holder) return { holder, key: path }
  const inner: unknown = Reflect.get(holder, key)
  return isObject(inner) ? memberIn(inner, rest) : { holder, key: path }
}

function splitAt(path: string): [first: string, rest: string | undefined] {
  const dot = path.indexOf('.')
  return dot === -1 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)]
}

/** All exports of a module with that name, the most probable first. */
function exportsOf(module: object, { name, module: url }: Named): Export[] {
  const { default: only } = module as { default?: unknown }
  const found = [
    { holder: undefined, value: addressed(url, name) },
    { holder: module, value: own(module, name) },
    { holder: only as object, value: own(only, name) }
  ]
  return found.filter(({ value }) => value !== undefined)
}

function missing(module: object, { name, module: url }: Named): TaskNotFoundError {
  return new TaskNotFoundError(
    `${url} exports no function '${name}'; it exports ${namesOf(module).join(', ') || 'nothing'}${hintOfExports(module)}`
  )
}

/** A hint for an export that is not a function, but may contain functions. */
function hintOfUse(name: string, value: unknown): string {
  if (!isObject(value)) return `; read it by read(module, '${name}')`
  return `; call the functions in it by their names, as in ${name}.${shapeOf(value).methods[0] ?? 'run'}(), or read it by read(module, '${name}')`
}

/** Without the name under which newer Node versions repeat all exports of a CommonJS module. */
function namesOf(module: object): string[] {
  return Object.keys(module).filter(name => name !== 'module.exports')
}

/** Modules built by webpack and rspack have no exports unless the configuration keeps them. */
function hintOfExports(module: object): string {
  const { default: only } = module as { default?: unknown }
  const isEmpty =
    namesOf(module).every(name => name === 'default') && namesOf(Object(only) as object).length === 0
  if (!isEmpty || typeof only === 'function') return ''
  return "; if a bundler has built it, configure it to keep the exports (webpack, rspack: output.library.type 'module' or 'commonjs2')"
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** An own or inherited member of a holder: a CommonJS module may be an instance. */
function own(holder: unknown, name: string): unknown {
  // A value without own properties, such as `undefined`, has none in a copy either.
  const object = Object(holder) as Record<string, unknown>
  return Object.hasOwn(object, name) || isInherited(object, name) ? object[name] : undefined
}

/** Whether it is a member of the class of an instance. */
function isInherited(holder: object | undefined, name: string): boolean {
  if (holder === undefined || typeof holder !== 'object' || Object.hasOwn(holder, name)) return false
  let one = Object.getPrototypeOf(holder) as object | null
  while (one !== null && Object.getPrototypeOf(one) !== null) {
    if (name !== 'constructor' && Object.hasOwn(one, name)) return !Array.isArray(holder)
    one = Object.getPrototypeOf(one) as object | null
  }
  return false
}
