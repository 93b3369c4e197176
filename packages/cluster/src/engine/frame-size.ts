import { InvalidArgumentError } from '@bridge/core'

/** The error for a frame that is too large for the server; `undefined` if it fits. */
export function tooLarge(where: string, frame: Uint8Array, maxBytes: number): Error | undefined {
  if (frame.byteLength <= maxBytes) return undefined
  return new InvalidArgumentError(
    `${where}: the frame has ${frame.byteLength} bytes, but the server allows at most ${maxBytes}; send it in parts`
  )
}

/** Throws this error. */
export function checkFrame(where: string, frame: Uint8Array, maxBytes: number): void {
  const error = tooLarge(where, frame, maxBytes)
  if (error !== undefined) throw error
}
