export function convert(pages, onPage) {
  const converted = []
  for (let page = 1; page <= pages; page++) {
    converted.push(`page ${page}`)
    onPage(page)
  }
  return converted
}
