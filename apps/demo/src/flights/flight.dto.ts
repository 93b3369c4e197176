import { ApiProperty } from '@nestjs/swagger'

/* What the answers hold, for the description of the API. */

export class DelaysDto {
  @ApiProperty({ description: 'the hour of departure, or the shortest distance of the band in miles' })
  readonly group!: number

  @ApiProperty()
  readonly flights!: number

  @ApiProperty({ description: 'minutes' })
  readonly mean!: number

  @ApiProperty({ type: [Number], description: 'where the mean lies in nine of ten samples like this one' })
  readonly range!: readonly [low: number, high: number]

  @ApiProperty()
  readonly median!: number

  @ApiProperty({ description: 'nine of ten flights are at most so late' })
  readonly p90!: number
}

export class ReportsDto {
  @ApiProperty({ description: 'how many reports were made' })
  readonly reports!: number

  @ApiProperty({ description: 'milliseconds that all of them took' })
  readonly took!: number
}

export class StreamDto {
  @ApiProperty({ description: 'rows that the generator has made' })
  readonly made!: number

  @ApiProperty({ description: 'whether its `finally` has run' })
  readonly isOver!: boolean
}
