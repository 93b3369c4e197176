/** What the server refuses because of the login's permissions. */
export interface Violation {
  readonly operation: 'publish' | 'subscription'
  readonly subject: string
}

/** The violation that the client reports; another copy of the client may have made the error. */
export function violationOf(error: unknown): Violation | undefined {
  const { name, operation, subject } = Object(error) as Partial<Violation & Error>
  if (name !== 'PermissionViolationError' || subject === undefined || operation === undefined)
    return undefined
  return { operation, subject }
}

/** The error that says what to permit. */
export function forbidden({ operation, subject }: Violation, prefix: string, cause: unknown): Error {
  const [what, permission] =
    operation === 'publish' ? ['publish to', 'publish'] : ['subscribe to', 'subscribe']
  const [kind = ''] = subject.slice(prefix.length + 1).split('.')
  return new Error(
    `nats(): the server does not permit this login to ${what} '${subject}'; permit ${permission} on ` +
      `'${prefix}.${kind}.>', or on '${prefix}.>', for this user in the server's authorization`,
    { cause }
  )
}
