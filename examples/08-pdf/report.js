import PDFDocument from 'pdfkit'

/** Yields the bytes of the report, each page as soon as it is full. */
export async function* report(title, rows) {
  const document = new PDFDocument()
  document.fontSize(20).text(title).fontSize(10).moveDown()
  for (const [name, value] of rows) {
    document.text(`${name}: ${value}`)
    const bytes = document.read()
    if (bytes !== null) yield bytes
  }
  document.end()
  yield* document
}
