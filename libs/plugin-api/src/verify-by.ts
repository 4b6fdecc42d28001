import type { Verification } from './job.js';
import { ProviderError, type ProviderFailure } from './provider-failure.js';
import type { UpstreamAnswer } from './provider-http.js';

/**
 * The `verify` of a provider whose upstream has a call that only a good credential may make.
 *
 * @param ask - makes the call
 * @param detail - what it means that the call succeeded, for people
 */
export async function verifyBy(ask: () => Promise<unknown>, detail: string): Promise<Verification> {
  try {
    await ask();
    return { valid: true, detail };
  } catch (error) {
    if (!(error instanceof ProviderError) || error.code !== 'unauthorized') throw error;
    return { valid: false, detail: error.message };
  }
}

/** For the `classify` of a call that asks for nothing but whether the credential is good: 403 says that it is not. */
export function classifyVerification({ status, headers }: UpstreamAnswer): ProviderFailure | undefined {
  const refused = (status === 401 || status === 403) && headers['cf-mitigated'] === undefined;
  return refused ? { kind: 'unauthorized' } : undefined;
}
