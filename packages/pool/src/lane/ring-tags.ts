/*
 * What the tags in the two rings say. A request's number is its deadline or 0, its text the JSON of `[args, context]`;
 * a reply's number is the run time in milliseconds.
 */

/** The tag of a reply. */
export const IS_VALUE = 0

/** The tag of what is no request: from now on its context's number means what its text, as JSON, says. */
export const IS_CONTEXT = -1

const IS_BLOCKING = 1
const IS_PULLED = 2

/**
 * The tag of a request: its function, whether its caller blocks, so that nobody need be woken, and whether the first
 * items are asked for if it streams.
 */
export function requestTag(fn: number, isBlocking: boolean, isPulled: boolean): number {
  return fn * 4 + (isPulled ? IS_PULLED : 0) + (isBlocking ? IS_BLOCKING : 0)
}

/** The function that a request's tag names. */
export function functionOf(tag: number): number {
  return tag >> 2
}

/** Whether the tag is that of a caller that blocks. */
export function isFromBlocked(tag: number): boolean {
  return (tag & IS_BLOCKING) !== 0
}

/** Whether the tag asks for the first items of a stream. */
export function isPulled(tag: number): boolean {
  return (tag & IS_PULLED) !== 0
}
