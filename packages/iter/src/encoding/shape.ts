import { isPlainValue } from './copy.js'

/** The common shape of the rows of a batch: the names of their fields in order, including those of nested objects. */
export type Shape = readonly Field[]

/** A value or an array of values, or a nested object. */
type Field = string | readonly [name: string, inside: Shape]

/** Rows with more nested objects than this are not treated as rows. */
const MAX_OBJECTS = 16

/** Object.prototype's setter: a field of that name cannot be created by an assignment. */
const NO_FIELD = '__proto__'

/** The objects of the current row. One that occurs twice must arrive as one object, which a row cannot express. */
const met: object[] = []

/** The shape of an item, whose values may still not fit into a row; `undefined` if the item has no shape. */
export function shapeOf(item: unknown): Shape | undefined {
  met.length = 0
  const shape = isRow(item) ? shapeOfRow(item) : undefined
  return shape === undefined || widthOf(shape) === 0 ? undefined : shape
}

/** Whether a received value is a valid shape of rows that have values. */
export function isShape(shape: unknown): shape is Shape {
  met.length = 0
  return isShapeWithin(shape) && widthOf(shape) > 0
}

function isShapeWithin(shape: unknown): shape is Shape {
  // A malicious shape may contain itself.
  if (!Array.isArray(shape) || met.length === MAX_OBJECTS) return false
  met.push(shape)
  return shape.every(
    field =>
      isFieldName(field) ||
      (Array.isArray(field) && field.length === 2 && isFieldName(field[0]) && isShapeWithin(field[1]))
  )
}

function isFieldName(name: unknown): boolean {
  return typeof name === 'string' && name !== NO_FIELD
}

/** How many values a row of this shape has. */
export function widthOf(shape: Shape): number {
  let width = 0
  for (const field of shape) width += typeof field === 'string' ? 1 : widthOf(field[1])
  return width
}

/**
 * Adds copies of the values of an item; returns about how many bytes they have. A negative result means that the item has
 * another shape; then some of its values may have been added.
 */
export function addRow(item: unknown, shape: Shape, values: unknown[]): number {
  if (!isRow(item)) return -1
  if (met.length > 0) met.length = 0
  return addFields(item, shape, values)
}

/** Builds the objects of this shape from their values. */
export function rowsOf(shape: Shape, values: readonly unknown[]): unknown[] {
  const rows: unknown[] = []
  const makeRow = shape.every(field => typeof field === 'string') ? flatRow : rowOf
  for (at = 0; at < values.length; ) rows.push(makeRow(shape, values))
  return rows
}

/** The index of the next value of the row that is being built. */
let at = 0

function flatRow(names: Shape, values: readonly unknown[]): object {
  const row: Record<string, unknown> = {}
  const start = at
  for (let index = 0; index < names.length; index++) row[names[index] as string] = values[start + index]
  at = start + names.length
  return row
}

function rowOf(shape: Shape, values: readonly unknown[]): object {
  const row: Record<string, unknown> = {}
  for (let index = 0; index < shape.length; index++) {
    const field = shape[index] as Field
    if (typeof field === 'string') row[field] = values[at++]
    else row[field[0]] = rowOf(field[1], values)
  }
  return row
}

function shapeOfRow(item: Record<string, unknown>): Shape | undefined {
  if (met.length === MAX_OBJECTS || met.includes(item)) return undefined
  met.push(item)
  const shape: Field[] = []
  for (const name in item) {
    if (name === NO_FIELD) return undefined
    const value = item[name]
    if (!isRow(value)) shape.push(name)
    else {
      const inside = shapeOfRow(value)
      if (inside === undefined) return undefined
      shape.push([name, inside])
    }
  }
  return shape
}

function addFields(item: Record<string, unknown>, shape: Shape, values: unknown[]): number {
  let bytes = 0
  let count = 0
  for (const name in item) {
    const field = shape[count++]
    const value = item[name]
    if (field === name) {
      if (isPlainValue(value)) {
        values.push(value)
        bytes += typeof value === 'string' ? value.length : 8
        continue
      }
      const added = addArray(value, values)
      if (added < 0) return -1
      bytes += added
    } else {
      if (typeof field !== 'object' || field[0] !== name || !isRow(value) || met.includes(value)) return -1
      met.push(value)
      const added = addFields(value, field[1], values)
      if (added < 0) return -1
      bytes += added
    }
  }
  return count === shape.length ? bytes : -1
}

/** Adds a copy of an array of values, if it is one. */
function addArray(value: unknown, values: unknown[]): number {
  if (!Array.isArray(value) || met.includes(value)) return -1
  met.push(value)
  // An array with holes, or with own fields, is more than its items.
  if (Object.keys(value).length !== value.length) return -1
  const copy: unknown[] = value.slice()
  let bytes = 8
  for (let index = 0; index < copy.length; index++) {
    const part = copy[index]
    if (!isPlainValue(part) || (part === undefined && !(index in value))) return -1
    bytes += typeof part === 'string' ? part.length : 8
  }
  values.push(copy)
  return bytes
}

function isRow(item: unknown): item is Record<string, unknown> {
  return typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === Object.prototype
}
