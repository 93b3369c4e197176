import { rateOf } from './rates.js'

export async function convert(amount, currency) {
  return amount * (await rateOf(currency))
}
