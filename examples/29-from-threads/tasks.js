export const double = n => 2 * n

export function* count(n) {
  for (let i = 1; i <= n; i++) yield i
}
