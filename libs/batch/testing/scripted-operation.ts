import {
  BatchOperationHandler,
  skipped,
  succeeded,
  type ItemContext,
  type ItemOutcome,
  type ItemRecord,
  type PlannedItem,
} from 'penstock/batch';
import type { Clock, JsonObject } from 'penstock/kernel';
import { z } from 'zod';

import { anItem } from './a-batch.js';

/** What a scripted item does. */
export interface ScriptedItem {
  /** How long it takes, in milliseconds of the clock. */
  readonly tookMs?: number;
  /** Tries that throw before one succeeds. */
  readonly throws?: number;
  readonly outcome?: ItemOutcome;
  readonly key?: string | null;
  /** Goes on after it is told to stop. */
  readonly deaf?: boolean;
}

const schema = z.object({ items: z.array(z.custom<ScriptedItem>()) });

/** An operation that does what its input says, and notes what happened when. */
export class ScriptedOperation extends BatchOperationHandler<z.output<typeof schema>> {
  readonly input = schema;
  readonly description = 'Does what it is told.';
  /** Starts of tries: the label of the item and the time on the monotonic clock. */
  readonly starts: { readonly label: string; readonly at: number }[] = [];
  readonly keysAtOnce: string[] = [];
  limitsNow: { concurrency?: number; intervalMs?: number } = {};
  maxAtOnce = 0;
  /** Keys of which two items ran at once. */
  readonly clashes: string[] = [];
  readonly #running = new Set<ItemRecord>();
  #items = new Map<string, ScriptedItem>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override limits(): { concurrency?: number; intervalMs?: number } {
    return this.limitsNow;
  }

  override keep({ items }: z.output<typeof schema>): JsonObject {
    return { items: items.length };
  }

  override async *plan(
    { items }: z.output<typeof schema>,
    id: string,
  ): AsyncGenerator<readonly PlannedItem[]> {
    for (const [index, script] of items.entries()) {
      const item = anItem(index + 1, script.key === undefined ? {} : { key: script.key });
      this.#items.set(`${id}/${String(item.position)}`, script);
      yield [item];
    }
  }

  override async run(item: ItemRecord, { attempt, signal }: ItemContext): Promise<ItemOutcome> {
    const script = this.#items.get(`${item.batchId}/${String(item.position)}`) ?? {};
    this.#enter(item);
    try {
      await this.clock.sleep(script.tookMs ?? 0, script.deaf === true ? undefined : signal);
      if (signal.aborted && script.deaf !== true) throw new Error('told to stop');
      if (attempt <= (script.throws ?? 0)) throw new Error(`try ${String(attempt)} fails`);
      return script.outcome ?? succeeded('done', { changes: ['touched'] });
    } finally {
      this.#running.delete(item);
    }
  }

  override async preview(): Promise<ItemOutcome> {
    return skipped('would_be_done');
  }

  #enter(item: ItemRecord): void {
    this.starts.push({ label: item.label, at: this.clock.monotonic() });
    for (const other of this.#running) {
      if (item.key !== null && other.key === item.key) this.clashes.push(item.key);
    }
    this.#running.add(item);
    this.maxAtOnce = Math.max(this.maxAtOnce, this.#running.size);
  }
}
