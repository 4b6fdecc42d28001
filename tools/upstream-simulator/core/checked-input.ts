import { CodedError } from 'penstock/kernel';
import type { z } from 'zod';

/**
 * Checks `input` against `schema`.
 *
 * @throws CodedError `invalid_input` with the path of the first wrong field
 */
export function checkedInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue === undefined ? '' : fieldOf(issue);
  const message = `${field === '' ? 'input' : field}: ${issue?.message ?? 'is invalid'}`;
  throw new CodedError('invalid_input', 'invalid_input', message, { field });
}

/** An unknown key is reported at its parent; the path of the key itself helps more. */
function fieldOf(issue: z.core.$ZodIssue): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  return path.map(String).join('.');
}
