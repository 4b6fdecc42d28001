import { z } from 'zod';

/** What a façade takes for a parameter of the model, which is a field like its own. */
export const modelParameterSchema = z.union([z.string().max(1_000), z.number(), z.boolean()]).nullable();

/**
 * The parameters of the model in the body of a request.
 *
 * @param own - fields of the façade itself
 * @returns the others, as texts; `null` is a way to leave one out
 */
export function modelParametersOf(
  body: Readonly<Record<string, unknown>>,
  own: ReadonlySet<string>,
): Record<string, string> {
  const given = Object.entries(body).filter(
    ([name, value]) => !own.has(name) && value !== null && value !== undefined,
  );
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
