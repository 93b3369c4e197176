import { type Beside, type Live, whole } from './lost.js'
import { END, ITEMS, type LostItems, RETURN, STEP, type ToConsumer, type ToProducer } from './wire.js'

/**
 * Puts what stands beside the values of a message into its place in them; whether it could be, and so is of our making.
 * Done where the message arrives, so that one that is not ends the stream there.
 */
export function isRestored(message: ToConsumer | ToProducer, live?: Live): boolean {
  try {
    restore(message, live)
    return true
  } catch {
    return false
  }
}

function restore(message: ToConsumer | ToProducer, live: Live | undefined): void {
  switch (message[0]) {
    case ITEMS:
      if (message[4] !== undefined) restoreItems(message[3] as unknown[], message[4], live)
      break
    case END:
    case STEP:
      message[2] = whole(message[2], message[3], live)
      break
    case RETURN:
      message[2] = whole(message[2], message[4], live)
  }
}

function restoreItems(items: unknown[], lost: LostItems, live: Live | undefined): void {
  for (const [place, beside] of lost as readonly (readonly [number, Beside])[]) {
    if (!Object.hasOwn(items, place)) throw new RangeError('no item stands there')
    items[place] = whole(items[place], beside, live)
  }
}
