import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { ChangeRecorders, type ChangeRecorder } from '../../generations/change-recorders.js';
import { isFinished, type GenerationStatus } from '../../generations/generation-status.js';
import type { Generation } from '../../generations/generation.entity.js';
import { ModelCatalog } from '../../generations/model-catalog.js';
import { OUTCOMES, UsageRow, type Outcome, type UsageKey } from './usage-row.entity.js';
import { utcDay } from './utc-day.js';

type Amounts = Pick<UsageRow, 'generations' | 'unsent' | 'mediaMs' | 'workMs'>;

const NOTHING: Amounts = { generations: 0, unsent: 0, mediaMs: 0, workMs: 0 };

/**
 * Counts every generation when it ends, in the transaction of its end: once, since only one of several endings is stored,
 * and a transaction that is not committed counted nothing.
 */
@Injectable()
export class UsageLedger implements ChangeRecorder {
  constructor(
    recorders: ChangeRecorders,
    private readonly catalog: ModelCatalog,
  ) {
    recorders.add(this);
  }

  admit(): void {
    // Whoever asks is counted at the end.
  }

  concerns(_: Generation, status: GenerationStatus): boolean {
    return isFinished(status);
  }

  async record(manager: EntityManager, generation: Generation): Promise<void> {
    const outcome = OUTCOMES.find((each) => each === generation.status);
    if (outcome === undefined) return;
    const key = keyOf(generation, outcome);
    const amounts = this.#amountsOf(generation, outcome);
    if (await add(manager, key, amounts)) return;
    // Whoever else makes the row at the same moment, one of the two is there afterwards.
    const empty = { ...key, ...NOTHING };
    await manager
      .createQueryBuilder()
      .insert()
      .into(UsageRow)
      .values(empty)
      .orIgnore()
      .updateEntity(false)
      .execute();
    await add(manager, key, amounts);
  }

  recorded(): void {
    // Nobody waits for it.
  }

  #amountsOf(generation: Generation, outcome: Outcome): Amounts {
    const { startedAt, completedAt, attempts } = generation;
    const workMs = startedAt === null || completedAt === null ? 0 : Math.max(0, completedAt - startedAt);
    return {
      generations: 1,
      unsent: outcome === 'cancelled' && attempts === 0 ? 1 : 0,
      mediaMs: outcome === 'completed' ? this.#mediaMsOf(generation) : 0,
      workMs: Math.round(workMs),
    };
  }

  /** What the request says, else what the model does where a request says nothing. */
  #mediaMsOf({ model, kind, input }: Generation): number {
    const offered = this.catalog.all().find((each) => each.id === model && each.kind === kind);
    const seconds = Number(input.parameters['seconds'] ?? offered?.parameters['seconds']?.default ?? 0);
    return seconds > 0 && seconds < Number.MAX_SAFE_INTEGER / 1_000 ? Math.round(seconds * 1_000) : 0;
  }
}

function keyOf({ createdAt, ownerId, tokenId, model, kind }: Generation, outcome: Outcome): UsageKey {
  return { day: utcDay(createdAt), keyId: ownerId, tokenId: tokenId ?? '', model, kind, outcome };
}

/** @returns whether there is such a row */
async function add(manager: EntityManager, key: UsageKey, amounts: Amounts): Promise<boolean> {
  const { affected } = await manager
    .createQueryBuilder()
    .update(UsageRow)
    .set({
      generations: () => 'generations + :generations',
      unsent: () => 'unsent + :unsent',
      mediaMs: () => 'media_ms + :mediaMs',
      workMs: () => 'work_ms + :workMs',
    })
    .where(key)
    .setParameters(amounts)
    .execute();
  return (affected ?? 0) > 0;
}
