let live = 0
const registry = new FinalizationRegistry<undefined>(() => {
  live--
})

/** Counts an object for as long as it lives on this thread. */
export function track(thing: object): void {
  live++
  registry.register(thing, undefined)
}

/** How many tracked objects live on this thread. */
export function liveThings(): number {
  return live
}
