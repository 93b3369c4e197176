export function sum(limit, onProgress) {
  let total = 0
  for (let n = 1; n <= limit; n++) {
    total += n
    if (n % (limit / 2) === 0) onProgress((100 * n) / limit)
  }
  return total
}
