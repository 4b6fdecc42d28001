import type { SoakGateway } from './gateway.js';

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** The whole of a list, page by page. @param path - may have a query */
export async function everything<T>(gateway: SoakGateway, path: string): Promise<readonly T[]> {
  const all: T[] = [];
  const first = `${path}${path.includes('?') ? '&' : '?'}limit=100`;
  for (let cursor: string | null = ''; cursor !== null;) {
    const from = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await gateway.call('GET', first + from);
    all.push(...page.data);
    cursor = page.nextCursor;
  }
  return all;
}
