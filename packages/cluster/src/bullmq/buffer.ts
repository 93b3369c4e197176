/** The same bytes as a Buffer, for ioredis. */
export function bufferOf(frame: Uint8Array): Buffer {
  return Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
}
