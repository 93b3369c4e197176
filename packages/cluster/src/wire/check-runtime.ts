import { Serializer } from 'node:v8'
import { InvalidArgumentError } from '@bridge/core'

let canSerialize: boolean | undefined

/** @throws InvalidArgumentError on a runtime without a serializer for messages, such as Bun. */
export function checkRuntime(where: string): void {
  canSerialize ??= hasSerializer()
  if (canSerialize) return
  throw new InvalidArgumentError(
    `${where}: this runtime has no Serializer in node:v8, which encodes a cluster's messages; ` +
      'run the callers and the workers of a cluster on Node or Deno'
  )
}

function hasSerializer(): boolean {
  try {
    new Serializer().writeHeader()
    return true
  } catch {
    return false
  }
}
