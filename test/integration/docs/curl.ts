import { blocksOf, type Page } from './markdown.js';

/** A request that a page shows as a curl command. */
export interface CurlExample {
  /** `path:line` of its block, for messages. */
  readonly at: string;
  readonly method: string;
  /** Variables as they stand there, such as `/v1/videos/$ID`. */
  readonly path: string;
  readonly query: readonly string[];
  /** The text of `-H 'If-Match: …'`. */
  readonly ifMatch: string | undefined;
  /** The text of `-d`. */
  readonly body: string | undefined;
}

const HOST = 'http://127.0.0.1:8080';

/** The curl commands of a page that go to the gateway. */
export function curlsOf(page: Page): readonly CurlExample[] {
  return blocksOf(page, 'sh').flatMap(({ at, text }) =>
    text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line.startsWith('curl ') && line.includes(HOST))
      .map((line) => exampleOf(at, line)),
  );
}

function exampleOf(at: string, line: string): CurlExample {
  const url = new RegExp(`${HOST}([^\\s"']*)`).exec(line)?.[1] ?? '';
  const [path = '', query = ''] = url.split('?');
  const body = partOf(line, /-d '([^']*)'/);
  const ifMatch = partOf(line, /-H 'If-Match: ([^']*)'/);
  const explicit = partOf(line, /-X ([A-Z]+)/);
  const method = explicit ?? (body !== undefined || line.includes(' -F ') ? 'POST' : 'GET');
  return {
    at,
    method,
    path,
    ifMatch,
    body,
    query: query
      .split('&')
      .filter(Boolean)
      .map((pair) => pair.split('=')[0] ?? ''),
  };
}

/** What the group of a pattern matches in a line. */
function partOf(line: string, pattern: RegExp): string | undefined {
  return pattern.exec(line)?.[1];
}
