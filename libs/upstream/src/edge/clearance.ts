/** What lets calls past an edge: headers and cookies that its operator, or the account's owner, has given out. */
export interface Clearance {
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as one `cookie` header. */
  readonly cookies?: Readonly<Record<string, string>>;
  /** In milliseconds. @defaultValue the `clearanceTtlMs` of the options */
  readonly ttlMs?: number;
}

/** A field of a {@link Clearance} that cannot be sent. `rule` says what would be right and never repeats a value. */
export interface ClearanceProblem {
  /** Such as `headers.host`. */
  readonly field: string;
  readonly rule: string;
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
/** Of RFC 6265, without quotes around it. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,8192}$/;
const HEADER_VALUE = /^[\t\x20-\x7e]{1,8192}$/;
/** They say where a request goes, how long it is, or whose it is. */
const NOT_FOR_CLEARANCE: ReadonlySet<string> = new Set([
  ...['accept-encoding', 'authorization', 'connection', 'content-length', 'content-type', 'expect', 'host'],
  ...[
    'keep-alive',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
]);

/** What is wrong with a clearance; none when it can be sent. */
export function problemsOfClearance({ headers = {}, cookies = {} }: Clearance): readonly ClearanceProblem[] {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  if (names.length + Object.keys(cookies).length === 0) {
    return [{ field: 'headers', rule: 'give at least one header or cookie' }];
  }
  const problems = Object.entries(headers).map(([name, value]) => [
    `headers.${name}`,
    headerRule(name, value),
  ]);
  const ofCookies = Object.entries(cookies).map(([name, value]) => [
    `cookies.${name}`,
    cookieRule(name, value),
  ]);
  if (new Set(names).size < names.length)
    problems.push(['headers', 'name each header once, in whichever case']);
  if (names.includes('cookie') && ofCookies.length > 0) {
    problems.push(['headers.cookie', 'give cookies either here or under "cookies"']);
  }
  return [...problems, ...ofCookies].flatMap(([field = '', rule]) =>
    rule === undefined ? [] : [{ field, rule }],
  );
}

/** The headers to send, names in lower case. */
export function headersOfClearance({
  headers = {},
  cookies = {},
}: Clearance): Readonly<Record<string, string>> {
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return Object.freeze(pairs.length === 0 ? sent : { ...sent, cookie: pairs.join('; ') });
}

function headerRule(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'expected the name of an HTTP header';
  if (NOT_FOR_CLEARANCE.has(name.toLowerCase()))
    return 'this header belongs to the request itself; leave it out';
  return HEADER_VALUE.test(value) ? undefined : 'expected 1 to 8192 printable ASCII characters';
}

function cookieRule(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'expected the name of a cookie';
  return COOKIE_VALUE.test(value)
    ? undefined
    : 'expected the value of one cookie, without spaces, quotes, "," and ";"';
}
