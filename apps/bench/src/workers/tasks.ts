import { readFile } from 'node:fs/promises'

/** The tasks of all contestants: the same plain functions, run by every library that can import them. */

export async function noop(n: number): Promise<number> {
  return n + 1
}

export async function echo<T>(value: T): Promise<T> {
  return value
}

/** About 100 µs of arithmetic on a machine of 2024; the result depends on every step. */
export function compute(seed: number): number {
  return stepsFrom(seed, 80_000)
}

/** A tenth of it: about 10 µs. */
export function computeBriefly(seed: number): number {
  return stepsFrom(seed, 8000)
}

/** Ten times as much: about a millisecond. */
export function computeLong(seed: number): number {
  return stepsFrom(seed, 800_000)
}

function stepsFrom(seed: number, steps: number): number {
  let value = seed | 0
  for (let step = 0; step < steps; step++) value = (Math.imul(value, 1664525) + 1013904223) | 0
  return value
}

/** Keeps its thread busy for the given milliseconds. */
export function busy({ id, ms }: { id: number; ms: number }): number {
  const ends = performance.now() + ms
  while (performance.now() < ends);
  return id + 1
}

export function add({ a, b }: { a: number; b: number }): number {
  return a + b
}

/** The workload of synckit's README: the text of a file. */
export async function readText(file: string): Promise<string> {
  return readFile(new URL(file), 'utf8')
}

let ticks: number | undefined

/** Starts a timer of one millisecond in this thread with the first call, then returns how often it has fired. */
export async function pulse(n: number): Promise<[answer: number, ticks: number]> {
  if (ticks === undefined) {
    ticks = 0
    setInterval(() => {
      ticks = (ticks ?? 0) + 1
    }, 1)
  }
  return [n + 1, ticks]
}

export type TaskName =
  | 'noop'
  | 'echo'
  | 'compute'
  | 'computeBriefly'
  | 'computeLong'
  | 'busy'
  | 'add'
  | 'readText'
  | 'pulse'
