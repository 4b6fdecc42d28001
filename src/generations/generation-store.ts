import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { DatabasePool, insertRows } from 'penstock/database';
import { Clock } from 'penstock/kernel';
import { In, type EntityManager, type FindOptionsWhere } from 'typeorm';

import { ChangeRecorders, type ChangeRecorder } from './change-recorders.js';
import {
  afterChange,
  JobTaken,
  updateGeneration,
  type Change,
  type ChangeOptions,
  type GenerationPatch,
  type JobClaim,
} from './generation-change.js';
import { GenerationEvents } from './generation-events.js';
import { FINISHED, isFinished, UNFINISHED } from './generation-status.js';
import { Generation } from './generation.entity.js';
import type { ProgressChange } from './progress-update.js';
import { ProgressWrites } from './progress-writes.js';
import { isRetired, retireJobs } from './retired-jobs.js';
import { Serials } from './serials.js';

/**
 * Generations, durable in the database. Those of this process that are unfinished are also held in memory, so reading
 * the status of work in flight costs no statement.
 *
 * Every change is one guarded statement: of two changes that exclude each other, one happens and the other is told.
 */
@Injectable()
export class GenerationStore implements BeforeApplicationShutdown {
  readonly #live = new Map<string, Generation>();
  readonly #serials: Serials;
  /** How far generations are: what is told here is written soon, and told then. */
  readonly progress: ProgressWrites;
  #committed = 0;

  constructor(
    private readonly pool: DatabasePool,
    private readonly events: GenerationEvents,
    private readonly recorders: ChangeRecorders,
    clock: Clock,
  ) {
    this.#serials = new Serials(clock);
    const onWritten = this.#advanced.bind(this);
    this.progress = new ProgressWrites({ clock, pool, serials: this.#serials, onWritten });
  }

  /** The highest serial that is committed: whoever reads now sees every change up to it. */
  get serial(): number {
    return this.#committed;
  }

  /**
   * Adds a new generation, which gets its serial here; when this resolves it survives a power cut.
   *
   * @throws whatever a recorder throws that refuses it
   */
  async insert(generation: Generation): Promise<void> {
    const recorders = await this.#insert(generation).catch((error: unknown) => {
      this.recorders.abandon(generation);
      throw error;
    });
    this.#live.set(generation.id, generation);
    this.#tell(generation, recorders);
  }

  async #insert(generation: Generation): Promise<readonly ChangeRecorder[]> {
    this.recorders.admit(generation);
    const recorders = this.recorders.concernedBy(generation, generation.status);
    await this.pool.transaction(
      async (manager) => {
        generation.serial = this.#serials.next();
        await insertRows(manager, Generation, [generation]);
        for (const recorder of recorders) await recorder.record(manager, generation);
      },
      { durable: true, grouped: true },
    );
    return recorders;
  }

  /** The unfinished generation of this process, without any wait. */
  live(id: string): Generation | undefined {
    return this.#live.get(id);
  }

  async find(id: string): Promise<Generation | null> {
    return this.#live.get(id) ?? (await this.#findOne({ id }));
  }

  findByIdempotencyKey(ownerId: string, idempotencyKey: string): Promise<Generation | null> {
    return this.#findOne({ ownerId, idempotencyKey });
  }

  /** The unfinished generations of this process, in no order. */
  liveOnes(): Generation[] {
    return [...this.#live.values()];
  }

  /** Whether some generation owns this job of the upstream, or one that is deleted did. */
  isClaimed(upstreamScope: string, upstreamId: string): Promise<boolean> {
    const job = { upstreamScope, upstreamId };
    return this.pool.read(
      async (manager) => (await manager.existsBy(Generation, job)) || (await isRetired(manager, job)),
    );
  }

  countUnfinishedOf(tokenId: string): Promise<number> {
    return this.pool.read((manager) => manager.countBy(Generation, { tokenId, status: In(UNFINISHED) }));
  }

  /** Takes all unfinished generations into memory, oldest first. Called once, at start. */
  async restore(): Promise<readonly Generation[]> {
    const unfinished = await this.pool.read((manager) =>
      manager.find(Generation, {
        where: { status: In(UNFINISHED) },
        order: { createdAt: 'ASC', serial: 'ASC' },
      }),
    );
    for (const generation of unfinished) this.#live.set(generation.id, generation);
    this.#committed = (await this.pool.read((manager) => manager.maximum(Generation, 'serial'))) ?? 0;
    this.#serials.raise(this.#committed);
    return unfinished;
  }

  /**
   * Changes a generation and tells of it.
   *
   * @returns the generation after the change, or `null` when it had none of the statuses in `from` (any more)
   */
  async change(id: string, patch: GenerationPatch, options: ChangeOptions): Promise<Generation | null> {
    const change = await this.pool.transaction(
      (manager) => this.#update(manager, { id, patch, from: options.from }),
      { durable: options.durable ?? false, grouped: true },
    );
    return change === null ? null : await this.#changed(id, patch, change);
  }

  /**
   * Gives the job that the upstream accepted to the generation that is being submitted; durable.
   *
   * @param claim - `found` says that the job was looked for, and may so be one whose generation is deleted
   * @returns `claimed` when the job belongs to another generation, or did; `null` when this one is not being submitted
   */
  async claim(
    id: string,
    { upstreamId, startedAt, found }: JobClaim,
  ): Promise<Generation | null | 'claimed'> {
    const patch = { status: 'in_progress' as const, upstreamId, startedAt };
    const upstreamScope = found ? (this.#live.get(id)?.upstreamScope ?? null) : null;
    try {
      const change = await this.pool.transaction(
        async (manager) => {
          const updated = await this.#update(manager, { id, patch, from: ['submitting'] });
          // After the update: of a removal at the same time, either the unique index or this sees what it did.
          if (upstreamScope !== null && (await isRetired(manager, { upstreamScope, upstreamId })))
            throw new JobTaken();
          return updated;
        },
        { durable: true, grouped: true },
      );
      return change === null ? null : await this.#changed(id, patch, change);
    } catch (error) {
      if (error instanceof JobTaken) return 'claimed';
      throw error;
    }
  }

  /**
   * Removes a finished generation. That its job was taken stays known, so that no lost submission is taken for it.
   *
   * @param at - milliseconds since 1970
   * @returns whether it was there and finished
   */
  remove(id: string, at: number): Promise<boolean> {
    return this.pool.transaction(async (manager) => {
      const generation = await manager.findOneBy(Generation, { id, status: In(FINISHED) });
      if (generation === null) return false;
      const { affected } = await manager.delete(Generation, { id });
      if ((affected ?? 0) === 0) return false;
      await retireJobs(manager, [generation], at);
      await this.recorders.removed(manager, [id]);
      return true;
    });
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.progress.flush();
  }

  /** @returns `null` when the generation has none of the statuses in `from` */
  async #update(
    manager: EntityManager,
    { id, patch, from }: ChangeOptions & { readonly id: string; readonly patch: GenerationPatch },
  ): Promise<Change | null> {
    const serial = this.#serials.next();
    if ((await updateGeneration(manager, id, { ...patch, serial }, from)) === 0) return null;
    const recorders = await this.recorders.record(manager, { id, status: patch.status }, this.#live.get(id));
    return { serial, recorders };
  }

  #advanced(written: readonly ProgressChange[]): void {
    for (const { id, serial, ...progress } of written) {
      const before = this.#live.get(id);
      if (before !== undefined) this.#put(afterChange(before, progress, serial), []);
    }
  }

  async #changed(
    id: string,
    patch: GenerationPatch,
    { serial, recorders }: Change,
  ): Promise<Generation | null> {
    const before = this.#live.get(id);
    const after = before === undefined ? await this.#findOne({ id }) : afterChange(before, patch, serial);
    if (after !== null) this.#put(after, recorders);
    return after;
  }

  #put(generation: Generation, recorders: readonly ChangeRecorder[]): void {
    const { id, status } = generation;
    this.#live.set(id, generation);
    if (isFinished(status)) {
      this.#live.delete(id);
      this.progress.drop(id);
    }
    this.#tell(generation, recorders);
  }

  #tell(generation: Generation, recorders: readonly ChangeRecorder[]): void {
    this.#committed = Math.max(this.#committed, generation.serial);
    this.events.publish(generation);
    for (const recorder of recorders) recorder.recorded(generation.id);
  }

  #findOne(where: FindOptionsWhere<Generation>): Promise<Generation | null> {
    return this.pool.read((manager) => manager.findOneBy(Generation, where));
  }
}
