import { createContext } from '@bridge/context'

/** The three variables of the rows about context. */
export const user = createContext<number>('bench-user')
export const tenant = createContext<string>('bench-tenant')
export const trace = createContext<{ id: string; sampled: boolean }>('bench-trace')
