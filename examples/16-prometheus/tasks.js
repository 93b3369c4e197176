export function countPrimes(limit) {
  let count = 0
  next: for (let n = 2; n <= limit; n++) {
    for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) continue next
    count++
  }
  return count
}
