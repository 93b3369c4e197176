/** The allowed names of notes. */
export const NAMES: RegExp = /^[\w-]+$/
