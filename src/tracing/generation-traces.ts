import { Inject, Injectable, Optional } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { assertNever, Clock } from 'penstock/kernel';

import { GENERATION_CHANGED } from '../generations/generation-events.js';
import { isFinished, type GenerationStatus } from '../generations/generation-status.js';
import type { Generation } from '../generations/generation.entity.js';
import { SpanRecorder } from './span-recorder.js';
import { generationSpanOf, parseTraceparent, type SpanReference } from './span-reference.js';

/** What a generation does, and since when. */
interface Phase {
  readonly status: GenerationStatus;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Records the life of a generation, and its phases (`queued`, `submitting`, `in_progress`) below it, as they end. */
@Injectable()
export class GenerationTraces {
  /** Of unfinished generations whose traces are recorded. */
  readonly #phases = new Map<string, Phase>();

  constructor(
    private readonly clock: Clock,
    @Optional() @Inject(SpanRecorder) private readonly spans: SpanRecorder | null,
  ) {}

  @OnEvent(GENERATION_CHANGED)
  changed(generation: Generation): void {
    const span = this.spans === null ? null : generationSpanOf(generation);
    if (this.spans === null || span === null) return;
    const { id, status } = generation;
    const now = this.clock.now();
    const before = this.#phases.get(id) ?? earlierPhaseOf(generation);
    if (before.status !== status) this.#endPhase(this.spans, span, { ...before, until: now });
    if (isFinished(status)) {
      this.#phases.delete(id);
      this.spans.record(lifeOf(generation, span));
    } else {
      this.#phases.set(id, before.status === status ? before : { status, since: now });
    }
  }

  #endPhase(
    spans: SpanRecorder,
    life: SpanReference,
    { status, since, until }: Phase & { readonly until: number },
  ): void {
    spans.record({
      name: status,
      kind: 'internal',
      span: spans.begin(life),
      parent: life,
      attributes: {},
      startedAt: since,
      durationMs: until - since,
      error: null,
    });
  }
}

function lifeOf(generation: Generation, span: SpanReference) {
  const { id, kind, model, provider, tokenId, status, polls, attempts, createdAt } = generation;
  return {
    name: `generate ${kind}`,
    kind: 'internal' as const,
    span,
    parent: parseTraceparent(generation.traceparent),
    startedAt: createdAt,
    durationMs: (generation.completedAt ?? createdAt) - createdAt,
    error: status === 'failed' ? (generation.errorCode ?? 'generation_failed') : null,
    attributes: {
      'penstock.generation': id,
      'penstock.model': model,
      'penstock.status': status,
      'penstock.polls': polls,
      'penstock.attempts': attempts,
      ...(provider === null ? {} : { 'penstock.provider': provider }),
      ...(tokenId === null ? {} : { 'penstock.token': tokenId }),
    },
  };
}

/** What a generation did before its first change that this process sees: after a restart, as far as its row tells. */
function earlierPhaseOf({ status, createdAt, attemptedAt, startedAt }: Generation): Phase {
  switch (status) {
    case 'queued':
    case 'submitting':
      return { status: 'queued', since: createdAt };
    case 'in_progress':
      return { status, since: startedAt ?? createdAt };
    case 'completed':
    case 'failed':
    case 'cancelled':
      if (startedAt !== null) return { status: 'in_progress', since: startedAt };
      if (attemptedAt !== null) return { status: 'submitting', since: attemptedAt };
      return { status: 'queued', since: createdAt };
    default:
      return assertNever(status);
  }
}
