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

  /**
   * Gives a content to a copy that is to be made; when nobody wants the copy any more, the content goes.
   *
   * @returns whether the copy is stored now; `false` when its content was deleted before that, too
   */
  keep(copy: CopyId, { sink, key, bytes, sha256, contentType }: KeptContent): Promise<boolean> {
    const place = { sink, contentKey: key };
    return this.#turn.run(async () => {
      if ((await this.sinks.find(sink)?.stat(key))?.bytes !== bytes) return false;
      const at = this.clock.now();
      const stored = { status: 'stored' as const, bytes, sha256, contentType, storedAt: at, lastError: null };
      if (await this.store.settle(copy, { ...place, ...stored })) return true;
      await this.#deleteUnheld(place);
      return false;
    });
  }

  /** Deletes a content that no stored copy has. @returns whether its sink is there */
  release(place: ContentPlace): Promise<boolean> {
    return this.#turn.run(() => this.#deleteUnheld(place));
  }

  async #deleteUnheld(place: ContentPlace): Promise<boolean> {
    const sink = this.sinks.find(place.sink);
    if (sink === undefined) return false;
    if (!(await this.store.isHeld(place))) await sink.delete(place.contentKey);
    return true;
  }
}
