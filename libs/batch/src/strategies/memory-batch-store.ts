/* eslint-disable @typescript-eslint/require-await -- The port is asynchronous. */
import {
  NO_RESULT,
  type BatchEnding,
  type BatchRecord,
  type BatchTally,
  type ItemOutcome,
  type ItemRecord,
  type PlannedItem,
} from '../batch.js';
import { BatchError } from '../batch.errors.js';
import { BatchStore, skippedBy, type ItemEnd, type Recovery } from '../ports/batch-store.js';
import { Tally } from '../tally.js';

interface Stored {
  batch: BatchRecord;
  readonly items: Map<number, ItemRecord>;
}

/** Keeps batches in memory: they end with the process. */
export class MemoryBatchStore extends BatchStore {
  readonly #all = new Map<string, Stored>();

  override async create(batch: BatchRecord): Promise<void> {
    this.#all.set(batch.id, { batch, items: new Map() });
  }

  override async addItems(id: string, items: readonly PlannedItem[]): Promise<void> {
    const stored = this.#stored(id);
    for (const { position, key, label, payload, outcome } of items) {
      const fresh: ItemRecord = { batchId: id, position, key, label, payload, ...UNBEGUN };
      stored.items.set(position, fresh);
      if (outcome !== null) this.#settle(stored, fresh, { ...outcome, tries: 0, durationMs: 0 });
    }
    this.#change(stored, { total: stored.items.size });
  }

  override async open(id: string, at: number): Promise<BatchRecord> {
    return this.#change(this.#stored(id), { state: 'running', startedAt: at });
  }

  override async discard(id: string): Promise<void> {
    this.#all.delete(id);
  }

  override async get(id: string): Promise<BatchRecord | null> {
    return this.#all.get(id)?.batch ?? null;
  }

  override async unfinished(): Promise<readonly BatchRecord[]> {
    return [...this.#all.values()]
      .map(({ batch }) => batch)
      .filter(({ state }) => state === 'preparing' || state === 'running');
  }

  override async pending(id: string, after: number, limit: number): Promise<readonly ItemRecord[]> {
    return this.#inState(this.#stored(id), 'pending')
      .filter(({ position }) => position > after)
      .sort((one, other) => one.position - other.position)
      .slice(0, limit);
  }

  override async begin(id: string, position: number, at: number): Promise<boolean> {
    const { items } = this.#stored(id);
    const item = items.get(position);
    if (item?.state !== 'pending') return false;
    items.set(position, { ...item, state: 'running', startedAt: at, attempts: item.attempts + 1 });
    return true;
  }

  override async finish(id: string, position: number, end: ItemEnd): Promise<boolean> {
    const stored = this.#stored(id);
    const item = stored.items.get(position);
    if (item?.state !== 'running') return false;
    this.#settle(stored, item, end);
    return true;
  }

  override async release(id: string, position: number): Promise<void> {
    const stored = this.#stored(id);
    const item = stored.items.get(position);
    if (item?.state === 'running') this.#release(stored, item);
  }

  override async recover(id: string, recovery: Recovery): Promise<void> {
    const stored = this.#stored(id);
    for (const item of this.#inState(stored, 'running')) {
      if (recovery.kind === 'again') this.#release(stored, item);
      else this.#settle(stored, item, { ...recovery.outcome, tries: 1, durationMs: 0 });
    }
  }

  override async wind(id: string, ending: BatchEnding, reason: string): Promise<boolean> {
    const stored = this.#stored(id);
    const { state, ending: before } = stored.batch;
    if (state !== 'running' || before !== null) return false;
    for (const item of this.#inState(stored, 'pending')) this.#skip(stored, item, ending);
    this.#change(stored, { ending, reason });
    return true;
  }

  override async end(id: string, at: number): Promise<void> {
    const stored = this.#stored(id);
    const left = this.#inState(stored, 'pending').length + this.#inState(stored, 'running').length;
    if (stored.batch.state !== 'running' || left > 0) return;
    this.#change(stored, { state: stored.batch.ending ?? 'completed', endedAt: at });
  }

  override async retry(id: string): Promise<number> {
    const stored = this.#stored(id);
    const failed = this.#inState(stored, 'failed');
    const hasEnded = stored.batch.state !== 'running' && stored.batch.state !== 'preparing';
    if (failed.length === 0 || !hasEnded) return 0;
    for (const item of failed)
      stored.items.set(item.position, { ...item, ...UNBEGUN, attempts: item.attempts });
    this.#change(stored, { state: 'running', ending: null, reason: null, endedAt: null });
    return failed.length;
  }

  override async tallies(ids: readonly string[]): Promise<ReadonlyMap<string, BatchTally>> {
    return new Map(
      ids.map((id) => {
        const tally = new Tally();
        for (const item of this.#all.get(id)?.items.values() ?? []) tally.add(item, 1);
        return [id, tally];
      }),
    );
  }

  override async results(id: string, after: number, limit: number): Promise<readonly ItemRecord[]> {
    return [...this.#stored(id).items.values()]
      .filter(({ sequence }) => sequence !== null && sequence > after)
      .sort((one, other) => (one.sequence ?? 0) - (other.sequence ?? 0))
      .slice(0, limit);
  }

  #stored(id: string): Stored {
    const stored = this.#all.get(id);
    if (stored === undefined) throw BatchError.notFound(id);
    return stored;
  }

  #inState({ items }: Stored, state: ItemRecord['state']): ItemRecord[] {
    return [...items.values()].filter((item) => item.state === state);
  }

  #change(stored: Stored, change: Partial<BatchRecord>): BatchRecord {
    stored.batch = { ...stored.batch, ...change, revision: stored.batch.revision + 1 };
    return stored.batch;
  }

  #settle(stored: Stored, item: ItemRecord, { tries, durationMs, ...outcome }: ItemEnd): void {
    const { revision } = this.#change(stored, {});
    stored.items.set(item.position, {
      ...item,
      ...outcome,
      durationMs,
      attempts: item.attempts + Math.max(0, tries - 1),
      payload: outcome.state === 'failed' ? item.payload : null,
      sequence: revision,
    });
  }

  #release(stored: Stored, item: ItemRecord): void {
    if (stored.batch.ending !== null) this.#skip(stored, item, stored.batch.ending);
    else stored.items.set(item.position, { ...item, state: 'pending', startedAt: null });
  }

  #skip(stored: Stored, item: ItemRecord, ending: BatchEnding): void {
    const outcome: ItemOutcome = skippedBy(ending);
    this.#settle(stored, { ...item, startedAt: null }, { ...outcome, tries: 0, durationMs: 0 });
  }
}

const UNBEGUN = { state: 'pending', attempts: 0, ...NO_RESULT } satisfies Partial<ItemRecord>;
