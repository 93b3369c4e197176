import type { Row } from './row.js'

/** A row of which it is still to be said where it runs. */
export type RowAnywhere = Omit<Row, 'id' | 'placement'>

/**
 * The row with the caller and its threads on two cores, and on one. A call that is waited for costs nine times as much
 * in one case as in the other, so that of both together no figure can be given.
 */
export function inEachPlacement(id: string, row: RowAnywhere): Row[] {
  return [
    { ...row, id, placement: 'two cores' },
    { ...row, id: `${id}-one-core`, placement: 'one core' }
  ]
}
