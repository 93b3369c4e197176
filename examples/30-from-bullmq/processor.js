export default async function process(job) {
  let sum = 0
  for (let n = 1; n <= job.data.limit; n++) {
    sum += n
    if (n % (job.data.limit / 2) === 0) await job.updateProgress((100 * n) / job.data.limit)
  }
  return sum
}
