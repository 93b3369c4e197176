export interface Point {
  readonly x: number
  readonly y: number
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

export async function* walk(from: Point, steps: number): AsyncGenerator<Point> {
  for (let n = 1; n <= steps; n++) yield { x: from.x + n, y: from.y }
}

export class Cursor {
  #at: Point

  constructor(at: Point) {
    this.#at = at
  }

  move(by: Point): Point {
    this.#at = { x: this.#at.x + by.x, y: this.#at.y + by.y }
    return this.#at
  }

  [Symbol.dispose](): void {}
}
