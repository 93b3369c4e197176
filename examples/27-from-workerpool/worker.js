import workerpool from 'workerpool'

workerpool.worker({
  add: (a, b) => a + b,
  convert(pages) {
    for (let page = 1; page <= pages; page++) workerpool.workerEmit({ page })
    return pages
  },
  forever() {
    for (;;);
  }
})
