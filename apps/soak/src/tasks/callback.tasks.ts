import type { Callback } from '@bridge/core'
import { ran } from '../tickets.js'

export function mapped(ticket: number, items: number, double: (n: number) => number): number[] {
  ran(ticket)
  return Array.from({ length: items }, (_, n) => double(ticket + n))
}

export function callWithNested(ticket: number, fn: (value: unknown) => number, depth: number): number {
  ran(ticket)
  let value: unknown = 0
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value }
  return fn(value)
}

export async function mappedLater(
  ticket: number,
  items: number,
  double: (n: number) => Promise<number>
): Promise<number[]> {
  ran(ticket)
  return Promise.all(Array.from({ length: items }, (_, n) => double(ticket + n)))
}

export function waited(ticket: number, double: Callback<(n: number) => Promise<number>>): number {
  ran(ticket)
  return double(ticket).runSync()
}

export async function drained(
  ticket: number,
  numbers: (from: number) => AsyncGenerator<number>
): Promise<number> {
  ran(ticket)
  let total = 0
  for await (const n of numbers(ticket)) total += n
  return total
}

export function drainedSync(ticket: number, numbers: (from: number) => Generator<number>): number {
  ran(ticket)
  let total = 0
  for (const n of numbers(ticket)) total += n
  return total
}

export function* filtered(
  ticket: number,
  items: number,
  keep: (n: number) => boolean
): Generator<number, void, unknown> {
  ran(ticket)
  for (let n = 0; n < items; n++) if (keep(n)) yield ticket + n
}

export function told(ticket: number, times: number, tell: (n: number) => void): number {
  ran(ticket)
  for (let n = 0; n < times; n++) tell(ticket + n)
  return ticket
}

let kept: ((n: number) => number) | undefined

/** Keeps the function after its call, until it is replaced by another one. */
export function keeps(ticket: number, fn: (n: number) => number): number {
  ran(ticket)
  kept = fn
  return kept(ticket)
}
