import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { AppMetrics } from 'penstock/metrics';

import { END_DETECTED, GENERATION_CHANGED, type EndDetected } from '../generations/generation-events.js';
import { isFinished } from '../generations/generation-status.js';
import type { Generation } from '../generations/generation.entity.js';

const PHASE_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1_800];
const SECONDS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200];
const DELAYS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60];
const COUNTS = [1, 2, 5, 10, 15, 20, 30, 50, 100, 200];

/** Counts generations as they change. */
@Injectable()
export class GenerationMetrics {
  readonly #created;
  readonly #ended;
  readonly #duration;
  readonly #phases;
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
    this.#phases = metrics.histogram({
      name: 'penstock_generation_phase_seconds',
      help: 'Time in each phase of generations that ended: queued (until the last submission), submitting, generating.',
      labelNames: ['phase', 'provider'],
      buckets: PHASE_SECONDS,
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
  count(generation: Generation): void {
    const { kind, provider, status, revision, createdAt, completedAt, polls } = generation;
    if (revision === 1) this.#created.inc({ kind });
    if (!isFinished(status) || completedAt === null) return;
    const by = provider ?? 'none';
    this.#ended.inc({ kind, provider: by, status });
    this.#duration.observe({ kind, status }, Math.max(0, completedAt - createdAt) / 1_000);
    this.#polls.observe({ provider: by }, polls);
    for (const [phase, ms] of phasesOf(generation)) this.#phases.observe({ phase, provider: by }, ms / 1_000);
  }
}

/** In milliseconds; only those that it was in. */
function* phasesOf({
  createdAt,
  attemptedAt,
  startedAt,
  completedAt,
}: Generation): Generator<[string, number]> {
  const marks = [createdAt, attemptedAt, startedAt];
  for (const [index, phase] of ['queued', 'submitting', 'generating'].entries()) {
    const from = marks[index] ?? null;
    const until = marks[index + 1] ?? completedAt;
    if (from !== null && until !== null) yield [phase, Math.max(0, until - from)];
  }
}
