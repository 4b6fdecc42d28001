import { z } from 'zod';

const limit = z.int().min(-1).default(-1);

const credentialSchema = z.strictObject({
  secret: z.string().min(1).max(500),
  account: z.string().min(1).max(200).optional(),
  concurrency: limit,
  requestsPerMinute: limit,
  quota: limit,
  quotaEverySeconds: z.number().positive().max(31_536_000).nullable().default(null),
  expiresAt: z.iso.datetime({ offset: true }).nullable().default(null),
  enabled: z.boolean().default(true),
});

/** A list of credentials, each secret once. */
export const credentialsSchema = z.array(credentialSchema).superRefine((credentials, context) => {
  const seen = new Set<string>();
  credentials.forEach(({ secret }, index) => {
    if (seen.has(secret)) {
      context.addIssue({ code: 'custom', path: [index, 'secret'], message: `${secret} is given twice` });
    }
    seen.add(secret);
  });
});

/**
 * A key that the upstream accepts.
 *
 * - `account`: whose key it is; keys of one account see the same jobs. Default: the secret itself.
 * - `concurrency`: most jobs in flight at once, -1 (default) for any number.
 * - `requestsPerMinute`: most calls in a minute that starts with the first of them, -1 (default) for any number.
 * - `quota`: jobs left, -1 (default) for any number.
 * - `quotaEverySeconds`: the quota is whole again this long after the first job that was taken from it, which callers are
 *   told. Default: never.
 * - `expiresAt`: ISO 8601; from then on the key is refused. Default: never.
 * - `enabled`: `false` refuses the key.
 */
export type Credential = Readonly<z.output<typeof credentialSchema>>;

/** A {@link Credential} as given: all but the secret may be left out. */
export type CredentialInput = z.input<typeof credentialSchema>;

/** Whose jobs the credential sees. */
export const accountOf = (credential: Credential): string => credential.account ?? credential.secret;
