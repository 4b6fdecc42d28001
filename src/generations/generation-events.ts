import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';

import type { Generation } from './generation.entity.js';

/** The event that every committed change of any generation emits, for `@OnEvent(GENERATION_CHANGED)` in any module. */
export const GENERATION_CHANGED = 'generation.changed';

/** Tells this process of every change, after its commit and in the order of the revisions. */
@Injectable()
export class GenerationEvents {
  constructor(private readonly emitter: EventEmitter2) {}

  publish(generation: Generation): void {
    this.emitter.emit(GENERATION_CHANGED, generation);
    this.emitter.emit(changesOf(generation.id), generation);
  }

  /**
   * Calls `listener` for every later change of one generation. The listener returns at once.
   *
   * @returns stops the calls
   */
  subscribe(id: string, listener: (generation: Generation) => void): () => void {
    this.emitter.on(changesOf(id), listener);
    return () => {
      this.emitter.off(changesOf(id), listener);
    };
  }
}

const changesOf = (id: string): string => `${GENERATION_CHANGED}:${id}`;
