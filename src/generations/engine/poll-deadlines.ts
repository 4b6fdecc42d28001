import { Injectable } from '@nestjs/common';
import { Clock } from 'penstock/kernel';

import type { Generation } from '../generation.entity.js';
import { GenerationSettings } from '../generations.options.js';

/** After a long standstill the upstream is asked for at least this long before a generation is given up. */
const GRACE_MS = 60_000;

/** How long generations may still be polled. */
@Injectable()
export class PollDeadlines {
  constructor(
    private readonly settings: GenerationSettings,
    private readonly clock: Clock,
  ) {}

  /** Milliseconds until the deadline of an accepted generation, at least a minute. */
  remainingMs(generation: Generation): number {
    const elapsed = this.clock.now() - (generation.startedAt ?? this.clock.now());
    return Math.max(GRACE_MS, this.#deadlineMs(generation.kind) - Math.max(0, elapsed));
  }

  #deadlineMs(kind: string): number {
    const { deadlineMs } = this.settings;
    return (Object.hasOwn(deadlineMs, kind) ? deadlineMs[kind] : undefined) ?? deadlineMs.default;
  }
}
