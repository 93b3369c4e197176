import { awaitedRows } from './awaited.js'
import { blockingRows } from './blocking.js'
import { coldRows } from './cold.js'
import { contextRows } from './context.js'
import { everydayAwaitedRows } from './everyday-awaited.js'
import { localRows } from './local.js'
import { objectRows } from './objects.js'
import type { AbsentRow, Row } from './row.js'
import { scaleRows } from './scale.js'
import { streamRows } from './streams.js'
import { synckitReadmeRow } from './synckit-readme.js'

/** Every row, in the order of the goals table, and the drawn series after it. */
export const allRows: readonly (Row | AbsentRow)[] = [
  ...blockingRows,
  ...everydayAwaitedRows,
  ...awaitedRows,
  ...streamRows,
  ...localRows,
  ...contextRows,
  ...objectRows,
  ...coldRows,
  synckitReadmeRow,
  ...scaleRows
]

/** The rows that can be measured. */
export const measurableRows: readonly Row[] = allRows.filter((row): row is Row => !('absent' in row))
