import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Clock } from 'penstock/kernel';
import { PollScheduler } from 'penstock/polling';

import { isFinished } from '../generation-status.js';
import type { Generation } from '../generation.entity.js';

/** A poll of the upstream takes a moment until its answer is here. */
const SLACK_MS = 250;
/** While nothing is polled: it waits for a token, is being submitted, or is about to end. */
const UNPLANNED_MS = 2_000;

/** What {@link PollHints.send} sets, for the description of the API. */
export const POLL_HINT_HEADERS = {
  'Retry-After': {
    description: 'While unfinished: whole seconds until it is worth asking again.',
    schema: { type: 'integer', minimum: 1 },
  },
  'openai-poll-after-ms': {
    description: 'While unfinished: the same in milliseconds, as the `openai` SDK reads it.',
    schema: { type: 'integer', minimum: 1 },
  },
} as const;

/** Tells clients when it is worth asking again about a generation: just after the upstream will have been asked. */
@Injectable()
export class PollHints {
  constructor(
    private readonly scheduler: PollScheduler,
    private readonly clock: Clock,
  ) {}

  /** Milliseconds until a client should ask again; `null` for a generation that is finished. */
  pollAfterMs({ id, status }: Pick<Generation, 'id' | 'status'>): number | null {
    if (isFinished(status)) return null;
    const newsAt = this.scheduler.newsAt(id);
    if (newsAt === null) return UNPLANNED_MS;
    return Math.ceil(Math.max(0, newsAt - this.clock.now())) + SLACK_MS;
  }

  /** Sets `Retry-After`, in whole seconds, and `openai-poll-after-ms`, which the `openai` SDK obeys; none when finished. */
  send(generation: Pick<Generation, 'id' | 'status'>, reply: Pick<FastifyReply, 'headers'>): void {
    const pollAfterMs = this.pollAfterMs(generation);
    if (pollAfterMs === null) return;
    reply.headers({
      'retry-after': String(Math.max(1, Math.ceil(pollAfterMs / 1_000))),
      'openai-poll-after-ms': String(pollAfterMs),
    });
  }
}
