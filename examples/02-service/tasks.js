export function countPrimes(limit) {
  let count = 0
  for (let n = 2; n <= limit; n++) if (isPrime(n)) count++
  return count
}

export function* primes(limit) {
  for (let n = 2; n <= limit; n++) if (isPrime(n)) yield n
}

function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}
