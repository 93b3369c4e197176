import { InvalidArgumentError } from '../errors/errors.js'
import { FunctionCall } from './call.js'

/** Refuses a call among the arguments of another call: its author forgot an `await`. */
export function checkArguments(name: string, args: readonly unknown[]): void {
  for (let index = 0; index < args.length; index++) {
    if (FunctionCall.isCall(args[index])) {
      throw new InvalidArgumentError(`${name}(): args[${index}] is a call, not its value: await it first`)
    }
  }
}
