import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { AppMetrics } from 'penstock/metrics';

import { END_DETECTED, GENERATION_CHANGED, type EndDetected } from '../generations/generation-events.js';
import { isFinished } from '../generations/generation-status.js';
import type { Generation } from '../generations/generation.entity.js';

const SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200];
const DELAYS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60];
const COUNTS = [1, 2, 5, 10, 15, 20, 30, 50, 100, 200];

/** Counts generations as they change. */
@Injectable()
export class GenerationMetrics {
  readonly #created;
  readonly #ended;
  readonly #duration;
  readonly #polls;
  readonly #delay;

  constructor(metrics: AppMetrics) {
    this.#created = metrics.counter({
      name: 'penstock_generations_created_total',
      help: 'Generations that were asked for.',
      labelNames: ['kind'],
    });
    this.#ended = metrics.counter({
      name: 'penstock_generations_ended_total',
      help: 'Generations that ended, by how.',
      labelNames: ['kind', 'provider', 'status'],
    });
    this.#duration = metrics.histogram({
      name: 'penstock_generation_duration_seconds',
      help: 'Time from the request to the end.',
      labelNames: ['kind', 'status'],
      buckets: SECONDS,
    });
    this.#polls = metrics.histogram({
      name: 'penstock_generation_polls',
      help: 'Polls that a generation took.',
      labelNames: ['provider'],
      buckets: COUNTS,
    });
    this.#delay = metrics.histogram({
      name: 'penstock_generation_detection_delay_seconds',
      help: 'Time from the end of a job, by the clock of the upstream, until it was known.',
      labelNames: ['provider'],
      buckets: DELAYS,
    });
  }

  @OnEvent(END_DETECTED)
  detected({ provider, delayMs }: EndDetected): void {
    this.#delay.observe({ provider }, delayMs / 1_000);
  }

  @OnEvent(GENERATION_CHANGED)
  count({ kind, provider, status, revision, createdAt, completedAt, polls }: Generation): void {
    if (revision === 1) this.#created.inc({ kind });
    if (!isFinished(status) || completedAt === null) return;
    const by = provider ?? 'none';
    this.#ended.inc({ kind, provider: by, status });
    this.#duration.observe({ kind, status }, Math.max(0, completedAt - createdAt) / 1_000);
    this.#polls.observe({ provider: by }, polls);
  }
}
