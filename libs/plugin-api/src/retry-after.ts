type Headers = Readonly<Record<string, string>>;

const LONGEST_WAIT_MS = 365 * 86_400_000;

/**
 * Reads a `Retry-After` header: seconds or an HTTP date.
 *
 * @param now - wall-clock time in milliseconds since 1970
 * @returns whole milliseconds from now, 0 to one year; `null` when there is none or it makes no sense
 */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  const waitMs = waitIn(value?.trim() ?? '', now);
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(0, Math.round(waitMs)), LONGEST_WAIT_MS);
}

function waitIn(text: string, now: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const startsLikeWeekday = /^[a-z]{3}/i.test(text);
  return startsLikeWeekday ? Date.parse(text) - now : Number.NaN;
}

/**
 * What an answer asks to wait, by the first of these headers that makes sense: `retry-after-ms`, `retry-after`, and of
 * limits that are used up `ratelimit` and `ratelimit-reset` (IETF drafts), and `x-ratelimit-reset` and its kin.
 *
 * @param headers - names in lower case
 * @param now - wall-clock time in milliseconds since 1970
 * @returns as {@link parseRetryAfter}
 */
export function retryAfterOf(headers: Headers, now: number): number | null {
  const milliseconds = /^\s*\d+(\.\d+)?\s*$/.exec(headers['retry-after-ms'] ?? '');
  if (milliseconds !== null) return parseRetryAfter(String(Number(milliseconds[0]) / 1000), now);
  return parseRetryAfter(headers['retry-after'], now) ?? usedUpFor(headers, now);
}

/** The longest wait for a limit of which nothing is left; one that has something left asks for none. */
function usedUpFor(headers: Headers, now: number): number | null {
  const waits = [...limitsIn(headers)]
    .filter(({ remaining }) => remaining === undefined || Number(remaining) <= 0)
    .flatMap(({ reset }) => resetIn(reset, now) ?? []);
  return waits.length === 0 ? null : Math.max(...waits);
}

interface Limit {
  readonly remaining: string | undefined;
  readonly reset: string;
}

function* limitsIn(headers: Headers): Iterable<Limit> {
  for (const item of itemsOf(headers['ratelimit'] ?? '')) {
    const reset = /(?:^|[;\s])(?:t|reset)\s*=\s*(\d+)/.exec(item)?.[1];
    const remaining = /(?:^|[;\s])(?:r|remaining)\s*=\s*(\d+)/.exec(item)?.[1];
    if (reset !== undefined) yield { remaining, reset };
  }
  for (const [name, reset] of Object.entries(headers)) {
    if (!/^(x-)?ratelimit-reset(-\w+)?$/.test(name)) continue;
    yield { remaining: headers[name.replace('reset', 'remaining')], reset };
  }
}

/** Seconds from now, seconds or milliseconds since 1970, a date, or a span such as `1m30s` and `250ms`. */
function resetIn(text: string, now: number): number | null {
  const value = text.trim();
  const sinceEpoch = /^\d{10,13}(\.\d+)?$/.test(value) ? Number(value) : undefined;
  if (sinceEpoch !== undefined) {
    const at = sinceEpoch < 1e11 ? sinceEpoch * 1000 : sinceEpoch;
    return parseRetryAfter(String(Math.max(0, at - now) / 1000), now);
  }
  if (/^\d{4}-\d\d-\d\dT/.test(value)) {
    const waitMs = Date.parse(value) - now;
    return Number.isNaN(waitMs) ? null : parseRetryAfter(String(Math.max(0, waitMs) / 1000), now);
  }
  return spanIn(value) ?? parseRetryAfter(value, now);
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

function spanIn(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|[dhms]))+$/.test(text)) return null;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g);
  let spanMs = 0;
  for (const [, amount, unit = ''] of parts) spanMs += Number(amount) * (UNITS[unit] ?? 0);
  return Math.min(Math.ceil(spanMs), LONGEST_WAIT_MS);
}

/** Of later drafts a list of limits with parameters; of earlier ones the parts of one limit. */
function itemsOf(header: string): readonly string[] {
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  return unquoted.includes(';') ? unquoted.split(',') : [unquoted.replaceAll(',', ';')];
}
