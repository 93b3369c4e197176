export class Counter {
  count = 0
  add(by) {
    this.count += by
    return this.count
  }
}

export const double = n => 2 * n

export function each(n, onItem) {
  for (let i = 1; i <= n; i++) onItem(i)
}
