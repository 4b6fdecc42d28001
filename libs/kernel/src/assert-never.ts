/**
 * Ends a `switch` over a closed union: a member without a case is a compile error here.
 *
 * @throws Error at run time when a value outside of the union got through, naming the value.
 */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}: a case of a closed union is missing.`);
}
