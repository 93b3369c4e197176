/** The text of a file that a thread runs, as it is built; the build puts it in. */
declare module 'built:*' {
  const text: string
  export default text
}
