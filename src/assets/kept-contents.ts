import { Injectable } from '@nestjs/common';
import { Semaphore } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';
import { SinkRegistry } from 'penstock/plugin-host';
import type { StoredContent } from 'penstock/plugin-api';

import type { AssetCopy } from './asset-copy.entity.js';
import { CopyStore, type ContentPlace, type CopyId } from './copy-store.js';
import { WritesUnderWay, type WriteUnderWay } from './writes-under-way.js';

/** How long a deletion is waited for; the turn of its sink is free when it has ended. */
const DELETION_BOUND_MS = 30_000;

/** A content that a sink has taken. */
export interface KeptContent extends StoredContent {
  readonly sink: string;
  readonly contentType: string;
}

/** Contents that no copy tells of, by their keys, with the writes that may have brought them. */
export type Sightings = ReadonlyMap<string, ReadonlySet<WriteUnderWay>>;

/**
 * What became of a content that a copy was to have: the copy is stored; nobody wants the copy any more, and the content is gone
 * unless another copy has it; the sink does not have the content, because it was deleted meanwhile or for a reason of its own.
 */
export type KeepOutcome = 'stored' | 'unwanted' | 'missing';

/**
 * Ties contents to copies. Several copies may have one content, so that a content is deleted only when no copy has it, and
 * a copy is stored only when its content is there: both are decided one at a time for each sink.
 */
@Injectable()
export class KeptContents {
  /** By sink: one that hangs holds up its own contents only. */
  readonly #turns = new Map<string, Semaphore>();

  constructor(
    private readonly store: CopyStore,
    private readonly sinks: SinkRegistry,
    private readonly writes: WritesUnderWay,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes down where the content of a copy will be, before it is written; `null` where only the sink knows that afterwards. What an
   * earlier attempt left in another sink goes, if that sink works.
   *
   * @returns whether the copy is still to be made
   */
  async prepare(copy: AssetCopy, place: ContentPlace | null): Promise<boolean> {
    const earlier = placeOf(copy);
    if (place === null && earlier === null) return true;
    if (earlier !== null && !isSame(earlier, place))
      await this.#deletion(earlier.sink, () => this.#deleteUnheld(earlier)).catch(() => false);
    return this.store.prepare(copy, place);
  }

  /** Gives a content to a copy that is to be made; when nobody wants the copy any more, the content goes. */
  keep(copy: CopyId, { sink, key, bytes, sha256, contentType }: KeptContent): Promise<KeepOutcome> {
    const place = { sink, contentKey: key };
    return this.#inTurn(sink, async () => {
      if ((await this.#sizeOf(place)) !== bytes) return 'missing';
      const at = this.clock.now();
      const stored = { status: 'stored' as const, bytes, sha256, contentType, storedAt: at, lastError: null };
      if (await this.store.settle(copy, { ...place, ...stored })) return 'stored';
      await this.#deleteUnheld(place);
      return 'unwanted';
    });
  }

  /**
   * Writes down where a content will be of which no copy is known yet, as one that nobody wants: should it not be adopted, it goes.
   * Nothing where only the sink will know it.
   */
  async announce(
    copy: CopyId,
    { sink, key }: { readonly sink: string; readonly key: string | undefined },
    contentType: string,
  ): Promise<void> {
    if (key === undefined) return;
    const at = this.clock.now();
    const unwanted = { status: 'unwanted', bytes: null, sha256: null, storedAt: null } as const;
    const place = { sink, contentKey: key };
    await this.#inTurn(sink, () =>
      this.store.announce({ ...copy, ...place, ...unwanted, contentType, ...untried(at) }),
    );
  }

  /** Gives a content to a copy of which nobody knew before. @returns whether the sink has the content */
  adopt(copy: CopyId, { sink, key, bytes, sha256, contentType }: KeptContent): Promise<boolean> {
    const place = { sink, contentKey: key };
    return this.#inTurn(sink, async () => {
      if ((await this.#sizeOf(place)) !== bytes) return false;
      const at = this.clock.now();
      await this.store.put({
        ...copy,
        ...place,
        status: 'stored',
        bytes,
        sha256,
        contentType,
        storedAt: at,
        ...untried(at),
      });
      return true;
    });
  }

  /**
   * Deletes the content of a copy that is to go, unless a stored copy has it, and then forgets the copy: a process that is killed
   * between the two does it again. One that is being written stays until it is not.
   *
   * @returns `busy` when it stays, `out-of-reach` when its content may lie in a sink that is not there
   * @throws Error when the sink does not delete, or not within 30 s
   */
  drop(copy: AssetCopy): Promise<'gone' | 'busy' | 'out-of-reach'> {
    const place = placeOf(copy);
    return this.#deletion(copy.sink, async () => {
      if (this.writes.has(copy)) return 'busy';
      const isReached = place === null || (await this.#deleteUnheld(place));
      await this.store.forget(copy);
      return isReached ? 'gone' : 'out-of-reach';
    });
  }

  /**
   * Deletes contents that no stored copy has, and that none of the writes brought which are under way.
   *
   * @param seenBefore - of those that were seen before, the writes that were under way then; younger ones did not bring them
   * @returns those that stay without a copy, with the writes that may have brought them
   */
  async deleteStrays(
    sink: string,
    contentKeys: readonly string[],
    seenBefore: Sightings | undefined,
  ): Promise<Sightings> {
    const sightings = new Map<string, ReadonlySet<WriteUnderWay>>();
    const held = await this.store.heldAmong(sink, contentKeys);
    for (const contentKey of contentKeys) {
      if (held.has(contentKey)) continue;
      const suspects = await this.#deleteStray({ sink, contentKey }, seenBefore?.get(contentKey));
      if (suspects.size > 0) sightings.set(contentKey, suspects);
    }
    return sightings;
  }

  /** @returns the writes that may have brought it; none when it is gone or held */
  #deleteStray(
    place: ContentPlace,
    seenBy: ReadonlySet<WriteUnderWay> | undefined,
  ): Promise<ReadonlySet<WriteUnderWay>> {
    return this.#deletion(place.sink, async () => {
      const suspects = this.writes
        .to(place.sink)
        .filter((write) => write.key === place.contentKey || mayHaveBrought(write, seenBy));
      if (suspects.length === 0) await this.#deleteUnheld(place);
      return new Set(suspects);
    });
  }

  /** @throws Error when the sink does not answer: whoever deletes from several goes on with the others */
  #deletion<T>(sink: string | null, decide: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const bound = this.clock.setTimer(() => {
        reject(new Error(`The sink "${sink ?? ''}" has not answered for ${String(DELETION_BOUND_MS)} ms.`));
      }, DELETION_BOUND_MS);
      this.#inTurn(sink, decide)
        .finally(() => {
          bound.cancel();
        })
        .then(resolve, reject);
    });
  }

  #inTurn<T>(sink: string | null, decide: () => Promise<T>): Promise<T> {
    if (sink === null) return decide();
    const turn =
      this.#turns.get(sink) ?? new Semaphore({ name: 'assets.contents', permits: 1, clock: this.clock });
    this.#turns.set(sink, turn);
    return turn.run(decide);
  }

  /** A sink that fails here is not waited for: whoever else has a turn would wait, too. */
  async #sizeOf({ sink, contentKey }: ContentPlace): Promise<number | undefined> {
    const found = await this.sinks
      .find(sink)
      ?.stat(contentKey)
      .catch(() => null);
    return found?.bytes;
  }

  async #deleteUnheld(place: ContentPlace): Promise<boolean> {
    const sink = this.sinks.find(place.sink);
    if (sink === undefined) return false;
    if (!(await this.store.isHeld(place))) await sink.delete(place.contentKey);
    return true;
  }
}

const placeOf = ({ sink, contentKey }: AssetCopy): ContentPlace | null =>
  sink === null || contentKey === null ? null : { sink, contentKey };

const isSame = (one: ContentPlace, other: ContentPlace | null): boolean =>
  one.sink === other?.sink && one.contentKey === other.contentKey;

const untried = (at: number) => ({
  attempts: 0,
  pauseMs: 0,
  nextAttemptAt: at,
  createdAt: at,
  lastError: null,
});

const mayHaveBrought = (write: WriteUnderWay, seenBy: ReadonlySet<WriteUnderWay> | undefined): boolean =>
  write.key === null && (seenBy?.has(write) ?? true);
