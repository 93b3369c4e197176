import { ApiProperty } from '@nestjs/swagger'

/* The responses, for the description of the API. */

export class DelaysDto {
  @ApiProperty({ description: 'the hour of departure, or the shortest distance of the band in miles' })
  readonly group!: number

  @ApiProperty()
  readonly flights!: number

  @ApiProperty({ description: 'minutes' })
  readonly mean!: number

  @ApiProperty({ type: [Number], description: 'a 90 percent confidence interval of the mean' })
  readonly range!: readonly [low: number, high: number]

  @ApiProperty()
  readonly median!: number

  @ApiProperty({ description: 'nine of ten flights are at most this late' })
  readonly p90!: number
}

export class ReportsDto {
  @ApiProperty({ description: 'how many reports were made' })
  readonly reports!: number

  @ApiProperty({ description: 'total milliseconds of all reports' })
  readonly took!: number
}

export class StreamDto {
  @ApiProperty({ description: 'rows that the generator has made' })
  readonly made!: number

  @ApiProperty({ description: 'whether its `finally` has run' })
  readonly isOver!: boolean
}
