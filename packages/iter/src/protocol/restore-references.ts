import { type Live, type LostReferences, restored } from './lost.js'
import { END, ITEMS, type LostItems, RETURN, STEP, type ToConsumer, type ToProducer } from './wire.js'

/**
 * Restores the references that were sent beside the values of a message; returns false if the message is invalid. Done when
 * the message arrives, so that an invalid one ends the stream at once.
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
      message[2] = restored(message[2], message[3], live)
      break
    case RETURN:
      message[2] = restored(message[2], message[4], live)
  }
}

function restoreItems(items: unknown[], lost: LostItems, live: Live | undefined): void {
  for (const [place, beside] of lost as readonly (readonly [number, LostReferences])[]) {
    if (!Object.hasOwn(items, place)) throw new RangeError('there is no such item')
    items[place] = restored(items[place], beside, live)
  }
}
