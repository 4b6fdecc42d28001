import type { SoakGateway } from './gateway.js';

/** A page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** The whole of a list, page by page. */
export async function everything<T>(gateway: SoakGateway, path: string): Promise<readonly T[]> {
  const all: T[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { data, nextCursor }: Page<T> = await gateway.call(
      'GET',
      `${path}?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    all.push(...data);
    cursor = nextCursor;
  }
  return all;
}
