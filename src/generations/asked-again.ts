import type { Clock } from 'penstock/kernel';
import { ProviderError } from 'penstock/plugin-api';

/** Before the second and the third attempt. */
const PAUSES_MS = [250, 1_000];
/** No attempt begins later than this after the first: somebody waits. */
const WITHIN_MS = 3_000;

/**
 * Reads something of an upstream, up to three times while what is wrong may be over in a moment: an error of its server, or a
 * connection that broke. Only for what changes nothing upstream.
 *
 * @throws what the last attempt threw
 */
export async function askedAgain<T>(
  read: () => Promise<T>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<T> {
  const beganAt = clock.monotonic();
  for (const pauseMs of PAUSES_MS) {
    try {
      return await read();
    } catch (error) {
      const at = clock.monotonic() - beganAt + pauseMs;
      if (!isMomentary(error) || at > WITHIN_MS || signal.aborted) throw error;
      await clock.sleep(pauseMs, signal);
    }
  }
  return read();
}

function isMomentary(error: unknown): boolean {
  if (!(error instanceof ProviderError)) return false;
  const { failure } = error;
  return failure.kind === 'ambiguous' || (failure.kind === 'transient' && failure.retryAfterMs === null);
}
