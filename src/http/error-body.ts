import { z } from 'zod';

/** Kinds of error as the OpenAI API names them; clients branch on the status and on `code`. */
const ERROR_TYPES = [
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'rate_limit_error',
  'server_error',
] as const;

/** A kind of error. */
export type ErrorType = (typeof ERROR_TYPES)[number];

/** The one shape of every error that leaves Penstock. */
export const errorBodySchema = z.object({
  error: z.object({
    message: z.string().meta({ description: 'For people: what was wrong and what would be right.' }),
    type: z.enum(ERROR_TYPES),
    param: z.string().nullable().meta({ description: 'Path of the field that was wrong, where it was one.' }),
    code: z.string().meta({ description: 'Stable name of the error, for programs.' }),
  }),
});

/** The one shape of every error that leaves Penstock. */
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** The type that goes with a status. */
export function errorType(status: number): ErrorType {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
