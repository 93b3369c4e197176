/** Blocks its thread, as CPU-heavy work does. */
export function work(name, ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  return name
}
