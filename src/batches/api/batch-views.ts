import { Injectable } from '@nestjs/common';
import {
  BatchRunner,
  BatchStore,
  Tally,
  type BatchRecord,
  type BatchTally,
  type ItemRecord,
} from 'penstock/batch';

import type { BatchView, ItemView } from './batches.schemas.js';

const ENDINGS = { cancelled: 'cancelling', stopped: 'stopping' } as const;

/** Shows batches to operators. */
@Injectable()
export class BatchViews {
  constructor(
    private readonly store: BatchStore,
    private readonly runner: BatchRunner,
  ) {}

  async of(batch: BatchRecord): Promise<BatchView> {
    const tallies = await this.store.tallies([batch.id]);
    return this.#view(batch, tallies.get(batch.id));
  }

  async all(batches: readonly BatchRecord[]): Promise<BatchView[]> {
    const tallies = await this.store.tallies(batches.map(({ id }) => id));
    return batches.map((batch) => this.#view(batch, tallies.get(batch.id)));
  }

  #view(batch: BatchRecord, { counts, results, changes }: BatchTally = new Tally()): BatchView {
    const { id, operation, reason, input, limits, total, createdBy } = batch;
    const perSecond = this.runner.perSecond(id);
    const left = counts.pending + counts.running;
    return {
      id,
      operation,
      state: shownState(batch),
      reason,
      input: { ...input },
      limits: { ...limits },
      counts: { total, ...counts },
      results: { ...results },
      changes: { ...changes },
      perSecond: perSecond === null ? null : Math.round(perSecond * 100) / 100,
      etaMs: perSecond === null ? null : Math.round((left / perSecond) * 1_000),
      createdBy,
      createdAt: new Date(batch.createdAt).toISOString(),
      startedAt: toIso(batch.startedAt),
      endedAt: toIso(batch.endedAt),
    };
  }
}

/** Shows an item to operators. */
export function itemView(item: ItemRecord): ItemView {
  const { position, label, state, result, reason, changes, key, subject, attempts, durationMs } = item;
  const tokenId = subject ?? (key?.startsWith('tok_') === true ? key : null);
  return {
    position,
    label,
    state,
    result,
    reason,
    changes: [...changes],
    tokenId,
    attempts,
    startedAt: toIso(item.startedAt),
    durationMs,
  };
}

function shownState({ state, ending }: BatchRecord): BatchView['state'] {
  return state === 'running' && ending !== null ? ENDINGS[ending] : state;
}

const toIso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
