import { BadRequestException, type PipeTransform } from '@nestjs/common'

/** An integer of a query, within bounds; anything else is answered with 400. */
export class WholeNumber implements PipeTransform<string | undefined, number> {
  constructor(readonly bounds: { readonly initial: number; readonly min: number; readonly max: number }) {}

  transform(value: string | undefined, { data }: { readonly data?: string }): number {
    const { initial, min, max } = this.bounds
    if (value === undefined) return initial
    const number = /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (number >= min && number <= max) return number
    throw new BadRequestException(`${data} must be a whole number from ${min} to ${max}`)
  }
}
