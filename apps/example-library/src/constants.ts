/** What a note may be called. */
export const NAMES: RegExp = /^[\w-]+$/
