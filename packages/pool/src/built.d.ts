/** The built code of a file that a thread runs, as text; the build defines it. */
declare module 'built:*' {
  const text: string
  export default text
}
