import { describeError } from './describe-error.js';

/** What stands in for what is not shown. */
const REDACTED = '[redacted]';

/** Names of fields and headers whose values are never logged, in any spelling: `apiKey`, `API_KEY`, `x-api-key`. */
const SECRET_NAMES = new RegExp(
  [
    'authorization|cookie|secret|passw(or)?d|passphrase|credential|private-?key|prompt',
    '(api|access|admin|signing|secret|encryption)-?key',
    '(access|refresh|id|bearer|auth|session|csrf)-?token|^token-?value$|proxy-?url|signature',
  ].join('|'),
);

/** What is a secret wherever it stands in a text. The last one is the password of a URL. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b(?:sk|pk|rk|ghp|xox[bp])[-_][\w-]{6,}/g, REDACTED],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  [/([?&](?:[\w-]*(?:key|token|secret|password|signature|sig|auth)[\w-]*)=)[^&\s"'#]+/gi, `$1${REDACTED}`],
  [/(\/\/)[^/\s@"']+@/g, `$1${REDACTED}@`],
];

const DEEPEST = 8;
const MOST_ITEMS = 200;

/** A text without secrets that can be told by their shape: bearer credentials, keys, passwords in URLs. */
export function redactText(text: string): string {
  return SECRET_TEXTS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}

/**
 * A copy of what is to be logged: without the values of secret fields at any depth, with the texts of {@link redactText}, and
 * with errors as {@link describeError} tells them. What is deeper than 8 levels is left out.
 */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= DEEPEST) return '[too deep]';
  return redactObject(value, depth);
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Error) return redactValue(describeError(value), depth);
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) return redactObject(Object.fromEntries(value) as object, depth);
  if (value instanceof Set) return redactObject([...(value as Set<unknown>)], depth);
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => redactValue(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    copy[name] = isSecretName(name) && field !== null ? REDACTED : redactValue(field, depth + 1);
  }
  return copy;
}

/** `refreshSecret` and `REFRESH_SECRET` are one name. */
function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, '$1-$2').replaceAll(/[_\s.]+/g, '-');
  return SECRET_NAMES.test(words.toLowerCase());
}
