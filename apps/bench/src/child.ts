import { keepApart } from './harness/apart.js'
import { type Effort, type Launch, playRounds } from './harness/rounds.js'
import { measurableRows } from './rows/all-rows.js'

/** The order for this process: the row, the effort, and the contestant if it has the process for itself. */
export interface Order {
  readonly row: string
  readonly effort: Effort
  readonly alone?: number
}

async function obey({ row: id, effort, alone }: Order): Promise<Launch> {
  const row = measurableRows.find(each => each.id === id)
  if (row === undefined) throw new Error(`there is no row ${id}`)
  const contestants = row.contestants()
  const place = row.placement === 'two cores' ? () => keepApart() : undefined
  if (alone === undefined) return playRounds(contestants, effort, place)
  const one = contestants[alone]
  if (one === undefined) throw new Error(`row ${id} has no contestant ${alone}`)
  return playRounds([one], effort, place)
}

process.once('message', (order: Order) => {
  obey(order).then(
    // The threads of libraries that cannot be closed end with the process.
    launch => process.send?.(launch, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
