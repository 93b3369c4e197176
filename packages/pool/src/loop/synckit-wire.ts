import type { EncodedThrown, Placed, Referring } from '@bridge/core/executor'
import type { HostTask } from '@bridge/core/host'
import type { LostOnWire } from '@bridge/core/internal'

/*
 * The messages to the loop's thread if only synckit's own way of calling is available: it carries one blocking request
 * at a time and its answer. A stream stays there as an iterator with a number, and each step is requested.
 *
 * Frequent messages are arrays: cloning an object that names a function, its module and each of its own keys takes
 * longer than a whole bare synckit message.
 */

/** Which step of an iterator is requested. */
export type StepName = 'next' | 'return' | 'throw'

/** A request. */
export type Request = FirstCall | LaterCall | StepRequest

/** A step of a stream. */
export interface StepRequest {
  readonly type: 'step'
  readonly stream: number
  readonly step: StepName
  readonly value: unknown
}

/** A function's first call, and each call with a context: from then on the function has a number. */
export interface FirstCall {
  readonly type: 'run'
  readonly number: number
  readonly task: HostTask
  /** What its arguments refer to. */
  readonly references?: readonly Placed<LostOnWire>[] | undefined
}

/** A call of a function that has a number, without context. */
export type LaterCall = readonly [number: number, ...args: unknown[]]

/** A value, with its errors and what a structured clone would lose of it beside it. */
export type Sent = Referring<EncodedThrown | LostOnWire>

/** Its answer. */
export type Reply =
  /** What a function returned. */
  | readonly [value: unknown]
  | { readonly type: 'thrown'; readonly thrown: EncodedThrown }
  /** The same, with what a structured clone would lose of it beside it. */
  | { readonly type: 'value'; readonly sent: Sent }
  | { readonly type: 'stream'; readonly stream: number }
  | {
      readonly type: 'item'
      readonly result: IteratorResult<unknown, unknown>
      readonly references?: Sent['references']
    }
