import { awaitedRows } from './awaited.js'
import { blockingRows } from './blocking.js'
import { clusterRows } from './cluster.js'
import { coldRows } from './cold.js'
import { contextRows } from './context.js'
import { everydayAwaitedRows } from './everyday-awaited.js'
import { everydayBlockingRows } from './everyday-blocking.js'
import { localRows } from './local.js'
import { objectRows } from './objects.js'
import { withPeerRule } from './peer-rule.js'
import { prettierRows } from './prettier.js'
import type { AbsentRow, Row } from './row.js'
import { scaleRows } from './scale.js'
import { streamRows } from './streams.js'
import { synckitReadmeRow } from './synckit-readme.js'
import { walkRows } from './walks.js'

const rows: readonly (Row | AbsentRow)[] = [
  ...everydayBlockingRows,
  ...blockingRows,
  ...everydayAwaitedRows,
  ...awaitedRows,
  ...streamRows,
  ...localRows,
  ...contextRows,
  ...objectRows,
  ...walkRows,
  ...coldRows,
  synckitReadmeRow,
  ...prettierRows,
  ...clusterRows,
  ...scaleRows
]

/** Every row, in the order of the goals table, and the drawn series after it. */
export const allRows: readonly (Row | AbsentRow)[] = rows.map(row =>
  'absent' in row ? row : withPeerRule(row)
)

/** The rows that can be measured. */
export const measurableRows: readonly Row[] = allRows.filter((row): row is Row => !('absent' in row))
