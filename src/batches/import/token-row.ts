import { describeIssue } from '../../http/describe-issue.js';
import { createTokenSchema, type CreateTokenBody } from '../../tokens/tokens.schemas.js';

/** What rows have that do not say it themselves. */
export interface RowDefaults {
  readonly provider?: string | undefined;
  readonly baseUrl?: string | null | undefined;
}

/** A row that can be carried out. */
export interface TokenRow {
  readonly body: CreateTokenBody;
  /** The fields that the row itself has: an update changes only these. */
  readonly given: readonly string[];
}

/** What {@link readTokenRow} made of a row. */
export type ReadRow = { readonly row: TokenRow } | { readonly problem: string };

/**
 * Reads a row: an object as `POST /admin/tokens` takes it, or a secret alone.
 *
 * @param labelOf - names a token whose row does not
 * @returns what is wrong with it, which never shows a secret, when it does not fit
 */
export function readTokenRow(
  value: unknown,
  defaults: RowDefaults,
  labelOf: (secret: string) => string,
): ReadRow {
  const given = typeof value === 'string' ? { secret: value } : value;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { problem: 'expected an object with "secret", or a secret alone' };
  }
  const secret: unknown = Reflect.get(given, 'secret');
  const label = typeof secret === 'string' && secret.trim() !== '' ? labelOf(secret.trim()) : 'unnamed';
  const whole = { label, ...withoutUndefined(defaults), ...given };
  const result = createTokenSchema.safeParse(whole);
  if (result.success) return { row: { body: result.data, given: Object.keys(given) } };
  const problems = result.error.issues.flatMap((issue) =>
    describeIssue(issue, whole, createTokenSchema).map(({ message }) => message),
  );
  return { problem: problems.slice(0, 3).join(' ') };
}

const withoutUndefined = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
