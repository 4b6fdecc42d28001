import { Injectable } from '@nestjs/common';
import { Semaphore } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';
import { SinkRegistry } from 'penstock/plugin-host';
import type { StoredContent } from 'penstock/plugin-api';

import { CopyStore, type ContentPlace, type CopyId } from './copy-store.js';

/** A content that a sink has taken. */
export interface KeptContent extends StoredContent {
  readonly sink: string;
  readonly contentType: string;
}

/**
 * What became of a content that a copy was to have: the copy is stored; nobody wants the copy any more, and the content is gone
 * unless another copy has it; the sink does not have the content, because it was deleted meanwhile or for a reason of its own.
 */
export type KeepOutcome = 'stored' | 'unwanted' | 'missing';

/**
 * Ties contents to copies. Several copies may have one content, so that a content is deleted only when no copy has it, and
 * a copy is stored only when its content is there: both are decided one at a time.
 */
@Injectable()
export class KeptContents {
  readonly #turn: Semaphore;

  constructor(
    private readonly store: CopyStore,
    private readonly sinks: SinkRegistry,
    private readonly clock: Clock,
  ) {
    this.#turn = new Semaphore({ name: 'assets.contents', permits: 1, clock });
  }

  /** Gives a content to a copy that is to be made; when nobody wants the copy any more, the content goes. */
  keep(copy: CopyId, { sink, key, bytes, sha256, contentType }: KeptContent): Promise<KeepOutcome> {
    const place = { sink, contentKey: key };
    return this.#turn.run(async () => {
      if ((await this.#sizeOf(place)) !== bytes) return 'missing';
      const at = this.clock.now();
      const stored = { status: 'stored' as const, bytes, sha256, contentType, storedAt: at, lastError: null };
      if (await this.store.settle(copy, { ...place, ...stored })) return 'stored';
      await this.#deleteUnheld(place);
      return 'unwanted';
    });
  }

  /** Gives a content to a copy of which nobody knew before. @returns whether the sink has the content */
  adopt(copy: CopyId, { sink, key, bytes, sha256, contentType }: KeptContent): Promise<boolean> {
    const place = { sink, contentKey: key };
    return this.#turn.run(async () => {
      if ((await this.#sizeOf(place)) !== bytes) return false;
      const at = this.clock.now();
      await this.store.put({
        ...{ ...copy, ...place, status: 'stored', bytes, sha256, contentType, storedAt: at },
        ...{ attempts: 0, pauseMs: 0, nextAttemptAt: at, createdAt: at, lastError: null },
      });
      return true;
    });
  }

  /** Deletes a content that no stored copy has. @returns whether its sink is there */
  release(place: ContentPlace): Promise<boolean> {
    return this.#turn.run(() => this.#deleteUnheld(place));
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
