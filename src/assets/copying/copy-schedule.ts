import { GenerationError, type GenerationErrorCode } from '../../generations/generation.errors.js';
import type { AssetCopy } from '../asset-copy.entity.js';
import type { AssetSettings } from '../assets.settings.js';
import { CopyRefused } from './copy-refused.js';

/** What no further attempt mends. */
const FINAL: ReadonlySet<GenerationErrorCode> = new Set([
  'token_gone',
  'not_supported',
  'not_completed',
  'asset_not_found',
]);
/** What the upstream refuses may be a mistake of its own for a while. */
const REFUSALS = 5;
const LONGEST_MESSAGE = 500;

type Limits = Pick<AssetSettings, 'firstPauseMs' | 'longestPauseMs' | 'maxAttempts'>;

/** What becomes of a copy whose attempt failed: it waits for the next one, or is given up. */
export function afterFailure(
  { attempts }: Pick<AssetCopy, 'attempts'>,
  error: unknown,
  limits: Limits,
  now: number,
): Partial<AssetCopy> {
  const made = attempts + 1;
  const lastError = messageOf(error);
  if (isOver(made, error, limits)) return { status: 'dead', attempts: made, lastError };
  const asked = error instanceof GenerationError ? (error.retryAfterMs ?? 0) : 0;
  const doubled = Math.min(limits.firstPauseMs * 2 ** attempts, limits.longestPauseMs);
  const pauseMs = Math.max(doubled, Math.min(asked, limits.longestPauseMs));
  return { attempts: made, lastError, pauseMs, nextAttemptAt: now + pauseMs };
}

function isOver(made: number, error: unknown, { maxAttempts }: Limits): boolean {
  if (error instanceof CopyRefused || made >= maxAttempts) return true;
  if (!(error instanceof GenerationError)) return false;
  return FINAL.has(error.code) || (error.code === 'upstream_failed' && made >= REFUSALS);
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_MESSAGE);
