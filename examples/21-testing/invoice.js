/** The code under test is given its executor: a pool in production, `inline` in tests. */
export function invoices(executor) {
  const tasks = executor.import(() => import('./tasks.js'), import.meta.url)
  return {
    total: async (amounts, currency) => {
      const converted = await Promise.all(amounts.map(amount => tasks.convert(amount, currency)))
      return converted.reduce((sum, one) => sum + one, 0)
    }
  }
}
