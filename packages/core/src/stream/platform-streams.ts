/** A Node `Readable`, by the members that are used: its class may be that of another realm or package. */
interface NodeStream extends AsyncIterable<unknown> {
  pipe(destination: unknown): unknown
  destroy(): unknown
}

type Iterating = AsyncIterator<unknown, unknown, unknown>

/**
 * An iterator of a Node or web stream that ends the stream immediately. The stream's own iterator ends only after the
 * pending read, for a silent stream never. `undefined` for any other value.
 */
export function platformIterator(value: object): Iterating | undefined {
  const { pipe, destroy } = value as Partial<NodeStream>
  if (typeof pipe === 'function' && typeof destroy === 'function') return ofNode(value as NodeStream)
  const { getReader } = value as Partial<ReadableStream>
  return typeof getReader === 'function' ? ofWeb(value as ReadableStream) : undefined
}

function ofNode(stream: NodeStream): Iterating {
  const iterator = stream[Symbol.asyncIterator]()
  let isOver = false
  return {
    async next() {
      try {
        return await iterator.next()
      } catch (error) {
        // The pending read of a stream that was ended early then fails.
        if (isOver) return { done: true, value: undefined }
        throw error
      }
    },
    async return(value) {
      isOver = true
      stream.destroy()
      await iterator.return?.()
      return { done: true, value }
    },
    throw(error) {
      stream.destroy()
      return (iterator.throw as NonNullable<typeof iterator.throw>)(error)
    }
  }
}

function ofWeb(stream: ReadableStream): Iterating {
  const reader = stream.getReader()
  let isOver = false
  return {
    async next() {
      if (isOver) return { done: true, value: undefined }
      const { done, value } = await reader.read()
      if (!done) return { done, value: value as unknown }
      if (!isOver) reader.releaseLock()
      isOver = true
      return { done, value: undefined }
    },
    async return(value) {
      if (!isOver) {
        isOver = true
        const cancelled = reader.cancel(value)
        reader.releaseLock()
        await cancelled
      }
      return { done: true, value }
    }
  }
}
