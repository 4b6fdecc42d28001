import { Injectable, Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Generation } from './generation.entity.js';

/** The event that every committed change of any generation emits, for `@OnEvent(GENERATION_CHANGED)` in any module. */
export const GENERATION_CHANGED = 'generation.changed';

/** The event that tells how late an end was known, for `@OnEvent(END_DETECTED)`: an {@link EndDetected}. */
export const END_DETECTED = 'generation.end-detected';

/** The end of a job that the upstream has told the time of. */
export interface EndDetected {
  readonly provider: string;
  /** From the end, by the upstream's clock, to our knowledge of it; at least 0, in milliseconds. */
  readonly delayMs: number;
}

/** Tells this process of every change, after its commit and in the order of the revisions. */
@Injectable()
export class GenerationEvents {
  readonly #logger = new Logger('generations');

  constructor(private readonly emitter: EventEmitter2) {}

  /** Tells all listeners. One that throws is logged: the change has happened, whatever they make of it. */
  publish(generation: Generation): void {
    for (const event of [GENERATION_CHANGED, changesOf(generation.id), changesFor(generation.ownerId)]) {
      try {
        this.emitter.emit(event, generation);
      } catch (error) {
        this.#logger.error({ generation: generation.id, err: error }, 'A listener to changes failed');
      }
    }
  }

  /** Tells how late the end of a job was known. */
  detected(end: EndDetected): void {
    try {
      this.emitter.emit(END_DETECTED, end);
    } catch (error) {
      this.#logger.error({ err: error }, 'A listener to detected ends failed');
    }
  }

  /**
   * Calls `listener` for every later change of one generation. The listener returns at once.
   *
   * @returns stops the calls
   */
  subscribe(id: string, listener: (generation: Generation) => void): () => void {
    return this.#subscribe(changesOf(id), listener);
  }

  /** The same for every generation of an API key; of all keys when `null`. */
  subscribeOwner(ownerId: string | null, listener: (generation: Generation) => void): () => void {
    return this.#subscribe(ownerId === null ? GENERATION_CHANGED : changesFor(ownerId), listener);
  }

  #subscribe(event: string, listener: (generation: Generation) => void): () => void {
    this.emitter.on(event, listener);
    return () => {
      this.emitter.off(event, listener);
    };
  }
}

const changesFor = (ownerId: string): string => `${GENERATION_CHANGED}:of:${ownerId}`;

const changesOf = (id: string): string => `${GENERATION_CHANGED}:${id}`;
