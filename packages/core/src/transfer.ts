import type { FileHandle } from 'node:fs/promises'
import threads, { MessagePort } from 'node:worker_threads'
import { refuse } from './check.js'
import { types } from './node.js'
import { shared } from './shared.js'

/** Values that can be moved to another thread instead of being copied. */
export type Transferable =
  | ArrayBuffer
  | MessagePort
  | FileHandle
  | ReadableStream
  | WritableStream
  | TransformStream

// The values themselves are not changed: on the calling thread, where nothing is sent, a function must get the bare
// value.
const holder = shared<{ lists?: WeakMap<object, readonly Transferable[]> }>(
  '@bridge/core/transfers',
  () => ({})
)

/**
 * Marks a value whose `list` is moved to the other thread instead of being copied: an argument of a call, or the result
 * of a function. What was moved can't be used here any more (an ArrayBuffer's `byteLength` is 0). The mark applies to
 * one send, and only to an argument or a result itself, not to values inside it; if nothing is sent, as on the calling
 * thread, it has no effect. Returns the value.
 *
 * @throws InvalidArgumentError when `value` is not an object, or something in `list` can't be moved.
 * @example
 * ```ts
 * const pixels = new Uint8Array(8_000_000)
 * await tasks.blur(transfer(pixels, [pixels.buffer]))
 * console.log(pixels.byteLength) // 0: they are there now
 * ```
 */
export function transfer<T extends object>(value: T, list: readonly Transferable[]): T {
  if (typeof value !== 'object' || value === null) refuse('transfer()', 'value must be an object', value)
  if (!Array.isArray(list)) refuse('transfer()', 'list must be an array', list)
  list.forEach((item: unknown, index) => {
    const place = `list[${index}]`
    if (!isTransferable(item)) {
      const hint = ArrayBuffer.isView(item) ? `; of a ${item.constructor.name} it is its buffer` : ''
      refuse(
        'transfer()',
        `${place} must be something that can be moved, such as an ArrayBuffer${hint}`,
        item
      )
    }
    if (list.indexOf(item) !== index) refuse('transfer()', `${place} is there twice`, item)
  })
  holder.lists ??= new WeakMap()
  holder.lists.set(value, list)
  return value
}

/**
 * For executors: the marked transfer lists of these values, in one list, with the marks removed; `undefined` if nothing
 * is marked.
 *
 * @example
 * ```ts
 * worker.postMessage(task.args, takeTransfers(task.args) ?? [])
 * ```
 */
export function takeTransfers(values: readonly unknown[]): Transferable[] | undefined {
  const { lists } = holder
  if (lists === undefined) return undefined
  let taken: Transferable[] | undefined
  for (const value of values) {
    const list = lists.get(value as object)
    if (list === undefined) continue
    lists.delete(value as object)
    taken = [...new Set([...(taken ?? []), ...list])]
  }
  return taken
}

/**
 * Restores the marks that `takeTransfers` has removed, for a call that was not sent. For authors of executors.
 *
 * @example
 * ```ts
 * dequeue(): boolean {
 *   restoreTransfers(this.task.args, this.moves)
 *   return this.#queue.delete(this)
 * }
 * ```
 */
export function restoreTransfers(
  values: readonly unknown[],
  taken: readonly Transferable[] | undefined
): void {
  const owner = values.find(value => typeof value === 'object' && value !== null)
  if (taken !== undefined && owner !== undefined) holder.lists?.set(owner as object, taken)
}

function isTransferable(item: unknown): boolean {
  // Not checked by class: a test runner's ArrayBuffer is a different one.
  if (types.isArrayBuffer(item)) return !isDetached(item) && !isPinned(item)
  return (
    item instanceof MessagePort ||
    item instanceof ReadableStream ||
    item instanceof WritableStream ||
    item instanceof TransformStream ||
    (item as object | undefined)?.constructor?.name === 'FileHandle'
  )
}

/** Node's small Buffers share one ArrayBuffer, which Node does not let be transferred; Node 20 has no way to ask. */
function isPinned(buffer: ArrayBuffer): boolean {
  const { isMarkedAsUntransferable } = threads as { isMarkedAsUntransferable?(value: object): boolean }
  return isMarkedAsUntransferable?.(buffer) === true
}

function isDetached(buffer: ArrayBuffer): boolean {
  try {
    new Uint8Array(buffer)
    return false
  } catch {
    return true
  }
}
