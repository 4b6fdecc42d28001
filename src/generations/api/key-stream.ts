import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Bells } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';

import { CHANGES_AT_ONCE, ChangesSince } from '../changes-since.js';
import { GenerationEvents } from '../generation-events.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';

const HEARTBEAT_MS = 15_000;

/** Whose generations are followed, from where on. */
export interface Reader {
  /** `null` for the generations of every key. */
  readonly ownerId: string | null;
  /** The last serial that the reader has; `null` to begin with the next change. */
  readonly after: number | null;
  /** Readers of one audience are shown the same, so that it is written out once for all of them. */
  readonly audience: string;
}

/**
 * The changes of all generations of a key as server-sent events, with serials as ids. Each holds a generation as its last
 * change left it. A change only rings; what is sent is read from the database when the reader has room for it, a few at a
 * time. So a slow reader costs no memory, skips states, and never the last of any generation.
 */
@Injectable()
export class KeyStream implements BeforeApplicationShutdown {
  readonly #bells: Bells;
  /** Frames by audience, of rows that readers share. */
  readonly #frames = new WeakMap<Generation, Map<string, string>>();

  constructor(
    private readonly store: GenerationStore,
    private readonly events: GenerationEvents,
    private readonly changes: ChangesSince,
    clock: Clock,
  ) {
    this.#bells = new Bells(clock);
  }

  /** Frames until the end of the process. The first one only says from where on they come. */
  async *frames(
    { ownerId, after, audience }: Reader,
    show: (generation: Generation) => object,
  ): AsyncGenerator<string> {
    let known = this.store.serial;
    const bell = this.#bells.add();
    const unsubscribe = this.events.subscribeOwner(ownerId, ({ serial }) => {
      known = Math.max(known, serial);
      bell.ring();
    });
    let sent = Math.min(after ?? known, known);
    try {
      yield `: from here on\nid: ${String(sent)}\n\n`;
      while (!this.#bells.isOver) {
        const upTo = known;
        if (upTo > sent) {
          const rows = await this.changes.of(ownerId, sent, upTo);
          for (const row of rows) {
            sent = row.serial;
            yield this.#frameOf(row, audience, show);
          }
          if (rows.length < CHANGES_AT_ONCE) sent = Math.max(sent, upTo);
          continue;
        }
        if (!(await bell.wait(HEARTBEAT_MS))) yield ': still here\n\n';
      }
    } finally {
      unsubscribe();
      this.#bells.remove(bell);
    }
  }

  #frameOf(row: Generation, audience: string, show: (generation: Generation) => object): string {
    const frames = this.#frames.get(row) ?? new Map<string, string>();
    this.#frames.set(row, frames);
    const frame = frames.get(audience) ?? frameOf(row, show);
    frames.set(audience, frame);
    return frame;
  }

  beforeApplicationShutdown(): void {
    this.#bells.end();
  }
}

const frameOf = (generation: Generation, show: (generation: Generation) => object): string =>
  `id: ${String(generation.serial)}\ndata: ${JSON.stringify(show(generation))}\n\n`;
