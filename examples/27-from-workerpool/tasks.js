export const add = (a, b) => a + b

export function convert(pages, onPage) {
  for (let page = 1; page <= pages; page++) onPage(page)
  return pages
}

export function forever() {
  for (;;);
}
