let live = 0
const registry = new FinalizationRegistry<undefined>(() => {
  live--
})

/** Counts something for as long as this thread has it. */
export function track(thing: object): void {
  live++
  registry.register(thing, undefined)
}

/** How many things this thread has. */
export function liveThings(): number {
  return live
}
