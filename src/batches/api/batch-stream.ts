import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { BatchChanges, BatchStore, type ItemRecord } from 'penstock/batch';
import { Clock, longLivedAbort } from 'penstock/kernel';

import { BatchViews, itemView } from './batch-views.js';

const PAGE = 100;
const HEARTBEAT_MS = 15_000;
/** Progress that comes faster is told together. */
const LEAST_PAUSE_MS = 250;

/**
 * What happens in a batch as server-sent events: `item` for each result, and `batch` for the whole of it. Ids are
 * revisions of the batch, so a reader that was away gets every result that it does not have.
 */
@Injectable()
export class BatchStream implements BeforeApplicationShutdown {
  readonly #shutdown = longLivedAbort();

  constructor(
    private readonly store: BatchStore,
    private readonly changes: BatchChanges,
    private readonly views: BatchViews,
    private readonly clock: Clock,
  ) {}

  /** Frames until the end of the batch. @param after - the last revision that the reader has; 0 for none */
  async *frames(id: string, after: number): AsyncGenerator<string> {
    let changed = new AbortController();
    const unsubscribe = this.changes.subscribe(id, () => {
      changed.abort();
    });
    try {
      for (let sent = after; !this.#isShutDown();) {
        // Read before the results: all of them up to this revision are there, then.
        const batch = await this.store.get(id);
        if (batch === null) return;
        for await (const item of this.#results(id, sent)) {
          sent = item.sequence ?? sent;
          yield frame(sent, 'item', itemView(item));
        }
        sent = Math.max(sent, batch.revision);
        yield frame(sent, 'batch', await this.views.of(batch));
        if (batch.endedAt !== null) return;
        await this.clock.sleep(LEAST_PAUSE_MS, this.#shutdown.signal);
        await this.clock.sleep(HEARTBEAT_MS, changed.signal, this.#shutdown.signal);
        if (!changed.signal.aborted && !this.#isShutDown()) yield ': still here\n\n';
        changed = new AbortController();
      }
    } finally {
      unsubscribe();
    }
  }

  async *#results(id: string, after: number): AsyncGenerator<ItemRecord> {
    for (let last = after; ;) {
      const items = await this.store.results(id, last, PAGE);
      yield* items;
      if (items.length < PAGE) return;
      last = items.at(-1)?.sequence ?? last;
    }
  }

  beforeApplicationShutdown(): void {
    this.#shutdown.abort();
  }

  #isShutDown(): boolean {
    return this.#shutdown.signal.aborted;
  }
}

const frame = (id: number, event: 'item' | 'batch', data: object): string =>
  `id: ${String(id)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
