import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabasePool } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { IsNull, Not } from 'typeorm';

import { ApiKey } from '../../auth/api-key.entity.js';
import { KeyLimitChanges, type KeyLimits } from '../../auth/index.js';
import { ChangeRecorders, type ChangeRecorder } from '../../generations/change-recorders.js';
import { GenerationEvents } from '../../generations/generation-events.js';
import { isFinished } from '../../generations/generation-status.js';
import type { Generation } from '../../generations/generation.entity.js';
import { utcDay } from '../ledger/utc-day.js';
import { refusalOf, standingOf, type Moment, type Standing } from './key-standing.js';
import type { KeyUse } from './key-use.js';
import { readKeyUse } from './read-key-use.js';

/** A key with limits. */
interface LimitedKey {
  readonly limits: KeyLimits;
  readonly use: KeyUse;
}

/**
 * Holds API keys to their limits. A look and what it lets through are one step, so no parallel requests of this process
 * pass a limit together. What was used is rebuilt from the database at the start; keys without limits cost nothing.
 */
@Injectable()
export class KeyAllowances implements ChangeRecorder, OnModuleInit {
  readonly #limited = new Map<string, LimitedKey>();
  /** Changes that are told of while the use of their key is read. */
  readonly #meanwhile = new Map<string, Generation[]>();
  #last: Promise<void> = Promise.resolve();

  constructor(
    recorders: ChangeRecorders,
    events: GenerationEvents,
    changes: KeyLimitChanges,
    private readonly pool: DatabasePool,
    private readonly clock: Clock,
  ) {
    recorders.add(this);
    events.subscribeOwner(null, (generation) => {
      this.#follow(generation);
    });
    changes.watch((keyId) => this.#refresh(keyId));
  }

  async onModuleInit(): Promise<void> {
    const keys = await this.pool.read((manager) =>
      manager.find(ApiKey, { select: { id: true }, where: { limits: Not(IsNull()) } }),
    );
    for (const { id } of keys) await this.#refresh(id);
  }

  /** @throws LimitError when the key has used up what it may ask for */
  admit({ id, ownerId, createdAt }: Generation): void {
    const limited = this.#limited.get(ownerId);
    if (limited === undefined) return;
    const when = this.#moment();
    const refusal = refusalOf(limited.limits, limited.use, when);
    if (refusal !== null) throw refusal;
    limited.use.take({ id, day: utcDay(createdAt) }, when.at);
  }

  abandon({ id, ownerId }: Generation): void {
    this.#limited.get(ownerId)?.use.abandon(id);
  }

  concerns(): boolean {
    return false;
  }

  async record(): Promise<void> {
    // Nothing of it is stored: the rows of generations and the ledger say it all.
  }

  recorded(): void {
    // It follows the events.
  }

  /** How a key stands with its limits; `undefined` for one without. */
  standingOf(keyId: string): Standing | undefined {
    const limited = this.#limited.get(keyId);
    return limited && standingOf(limited.limits, limited.use, this.#moment());
  }

  /** One after the other, so that the last one to look is the last one to say. */
  #refresh(keyId: string): Promise<void> {
    const refreshed = this.#last.then(() => this.#read(keyId));
    this.#last = refreshed.catch(() => undefined);
    return refreshed;
  }

  async #read(keyId: string): Promise<void> {
    const meanwhile: Generation[] = [];
    this.#meanwhile.set(keyId, meanwhile);
    try {
      const when = this.#moment();
      const stored = await this.pool.read((manager) => readKeyUse(manager, keyId, when));
      if (stored === null) {
        this.#limited.delete(keyId);
        return;
      }
      const known = this.#limited.get(keyId);
      for (const change of meanwhile) if (change.serial > stored.serial) this.#apply(stored.use, change);
      // What is known of a key already holds what is on its way into the database, too.
      this.#limited.set(keyId, { limits: stored.limits, use: known?.use ?? stored.use });
    } finally {
      this.#meanwhile.delete(keyId);
    }
  }

  #follow(generation: Generation): void {
    this.#meanwhile.get(generation.ownerId)?.push(generation);
    const limited = this.#limited.get(generation.ownerId);
    if (limited !== undefined) this.#apply(limited.use, generation);
  }

  #apply(use: KeyUse, { id, status, attempts, createdAt }: Generation): void {
    if (!isFinished(status)) use.take({ id, day: utcDay(createdAt) }, this.clock.monotonic());
    else use.end(id, status === 'failed' || (status === 'cancelled' && attempts === 0));
  }

  #moment(): Moment {
    return { now: this.clock.now(), at: this.clock.monotonic() };
  }
}
