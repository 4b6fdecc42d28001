import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Bells } from 'penstock/concurrency';
import { Clock } from 'penstock/kernel';

import { GenerationEvents } from '../generation-events.js';
import { isFinished } from '../generation-status.js';
import { GenerationStore } from '../generation-store.js';
import type { Generation } from '../generation.entity.js';

const HEARTBEAT_MS = 15_000;

/**
 * The changes of a generation as server-sent events. Each event holds the whole generation and has its revision as id,
 * so a reader that was away misses nothing: it gets the state as it is now. A slow reader skips states, never the last.
 */
@Injectable()
export class GenerationStream implements BeforeApplicationShutdown {
  readonly #bells: Bells;

  constructor(
    private readonly store: GenerationStore,
    private readonly events: GenerationEvents,
    clock: Clock,
  ) {
    this.#bells = new Bells(clock);
  }

  /**
   * Frames from `generation` on until its end.
   *
   * @param after - the last revision that the reader has; 0 for none
   * @param show - what an event holds
   */
  async *frames(
    generation: Generation,
    after: number,
    show: (generation: Generation) => object,
  ): AsyncGenerator<string> {
    for await (const change of this.changes(generation, after))
      yield change === null ? ': still here\n\n' : frameOf(change, show);
  }

  /**
   * The states from `generation` on until its end, and `null` where nothing has happened for some time.
   *
   * @param after - the last revision that the reader has; 0 for none
   */
  async *changes(generation: Generation, after: number): AsyncGenerator<Generation | null> {
    let latest = generation;
    const bell = this.#bells.add();
    const unsubscribe = this.events.subscribe(generation.id, (change) => {
      latest = change;
      bell.ring();
    });
    try {
      // It may have changed, and ended, between the reader's look and the subscription.
      const current = await this.store.find(generation.id);
      // It may even be deleted: nothing will be told of it any more.
      if (current === null) return;
      if (current.revision > latest.revision) latest = current;
      let sent = Math.min(after, latest.revision);
      while (!this.#bells.isOver) {
        if (latest.revision > sent) {
          sent = latest.revision;
          yield latest;
        }
        if (isFinished(latest.status) && latest.revision <= sent) return;
        if (!(await bell.wait(HEARTBEAT_MS))) yield null;
      }
    } finally {
      unsubscribe();
      this.#bells.remove(bell);
    }
  }

  beforeApplicationShutdown(): void {
    this.#bells.end();
  }
}

const frameOf = (generation: Generation, show: (generation: Generation) => object): string =>
  `id: ${String(generation.revision)}\ndata: ${JSON.stringify(show(generation))}\n\n`;
