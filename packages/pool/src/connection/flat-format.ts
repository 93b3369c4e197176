/*
 * Values as they stand in a ring: numbers, texts, booleans, null, undefined, dates, and plain objects and arrays of
 * these. What a structured clone keeps of them is kept. One slot of eight bytes each, in the order in which they are
 * come across, and after the slots all characters in one text:
 *
 *      bytes   0              4
 *              slots, form    bytes of text                            before all others
 *              kind           0, an integer, or a length               a number and a date have their value in the next slot
 *
 * An object's kind says which keys it has: NEW_KEYS that they stand in the text here, SAME_KEYS that they are those of an
 * earlier object of the entry that had new ones, which its value counts from 0.
 *
 * Where objects have keys in common, JSON costs three to six times as much, and a structured clone two to three times:
 * an object of 1.4 KB, each another, there and back on one thread, 5.3 µs, 31 as JSON and 14 as a message; one of 12 KB
 * 65, and 123 as a message.
 */

/** The bytes of a slot. */
export const SLOT = 8

/** The most bytes that an entry's values may take. */
export const MOST_BYTES = 128 * 1024

export const UNDEFINED = 0
export const NULL = 1
export const FALSE = 2
export const TRUE = 3
export const INTEGER = 4
export const NUMBER = 5
export const TEXT = 6
export const DATE = 7
export const ARRAY = 8
export const SAME_KEYS = 9
/** So many keys more. */
export const NEW_KEYS = 10

/** The separator of keys in the text. */
export const BETWEEN_KEYS = '\0'

/**
 * The encoding of the text: one byte for each character, or two bytes for each code unit, so that even half a surrogate
 * pair is kept.
 */
export const ASCII = 0
export const UTF16 = 1
export const FORM_BITS = 1

/** The three views of the memory that contains the values. */
export interface FlatMemory {
  readonly words: Int32Array
  readonly numbers: Float64Array
  readonly bytes: Buffer
}
