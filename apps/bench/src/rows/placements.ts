import type { Row } from './row.js'

/** A row without its placement. */
export type RowAnywhere = Omit<Row, 'id' | 'placement'>

/**
 * The row with the caller and its threads on two cores, and on one. A call for which the caller waits costs nine times as much
 * in one case as in the other, so a common figure would be meaningless.
 */
export function inEachPlacement(id: string, row: RowAnywhere): Row[] {
  return [
    { ...row, id, placement: 'two cores' },
    { ...row, id: `${id}-one-core`, placement: 'one core' }
  ]
}
