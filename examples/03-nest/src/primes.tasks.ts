export function count(limit: number): number {
  let primes = 0
  for (const _ of list(limit)) primes++
  return primes
}

export function* list(limit: number): Generator<number> {
  for (let n = 2; n <= limit; n++) if (isPrime(n)) yield n
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}
