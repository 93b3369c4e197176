import type { EncodedThrown } from '@bridge/core/executor'
import type { HostRequest } from '@bridge/core/host'

/*
 * What is said to the loop's thread where only synckit's own way of calling is left: it carries one blocking question
 * at a time and its answer. A stream stays there as an iterator with a number, and is asked for each step.
 */

/** Which step of an iterator is asked for. */
export type StepName = 'next' | 'return' | 'throw'

/** A question. */
export type Request =
  | { readonly type: 'run'; readonly request: HostRequest }
  | {
      readonly type: 'step'
      readonly stream: number
      readonly step: StepName
      readonly value: unknown
    }

/** Its answer. */
export type Reply =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'thrown'; readonly thrown: EncodedThrown }
  | { readonly type: 'stream'; readonly stream: number }
  | { readonly type: 'item'; readonly result: IteratorResult<unknown, unknown> }
