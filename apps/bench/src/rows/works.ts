import type { Work } from '../harness/work.js'
import { compute, computeBriefly, computeLong, type TaskName } from '../workers/tasks.js'

export const noop: Work<number> = {
  task: 'noop',
  input: id => id,
  isRight: (input, answer) => answer === input + 1
}

/** Work of 100 µs, of 10 µs and of a millisecond. */
export const computing = work('compute', compute)
export const computingBriefly = work('computeBriefly', computeBriefly)
export const computingLong = work('computeLong', computeLong)

function work(task: TaskName, compute: (seed: number) => number): Work<number> {
  return { task, input: id => id, isRight: (input, answer) => answer === compute(input) }
}

export const adding: Work<{ a: number; b: number }> = {
  task: 'add',
  input: id => ({ a: id, b: 2 }),
  isRight: ({ a, b }, answer) => answer === a + b
}

interface Record {
  readonly id: number
  readonly rows: readonly { readonly key: string; readonly value: number; readonly ok: boolean }[]
}

const ROW_BYTES = 51

/** The round trip of an object with about this many bytes of JSON. */
export function objectOf(bytes: number): Work<Record> {
  const count = Math.max(1, Math.round(bytes / ROW_BYTES))
  return {
    task: 'echo',
    input: id => ({
      id,
      rows: Array.from({ length: count }, (_, n) => ({
        key: `${id}-${n}`.padEnd(10, '.'),
        value: id + n / 8,
        ok: n % 2 === 0
      }))
    }),
    isRight(input, answer) {
      const given = answer as Partial<Record> | undefined
      if (given?.id !== input.id || given.rows?.length !== count || given === input) return false
      return given.rows.every(
        (row, n) => row.key === input.rows[n]?.key && row.value === input.rows[n]?.value
      )
    }
  }
}

/** The round trip of a string of this length. */
export function textOf(length: number): Work<string> {
  return {
    task: 'echo',
    input: id => `${id} `.repeat(Math.ceil(length / 2)).slice(0, length),
    isRight: (input, answer) => answer === input
  }
}

/** The round trip of this many bytes. */
export function bytesOf(length: number): Work<Uint8Array> {
  return {
    task: 'echo',
    input(id) {
      const bytes = new Uint8Array(length).fill(id & 0xff)
      bytes[length - 1] = (id >> 8) & 0xff
      return bytes
    },
    isRight(input, answer) {
      if (!(answer instanceof Uint8Array) || answer === input) return false
      return Buffer.compare(answer, input) === 0
    }
  }
}
