import { Injectable } from '@nestjs/common';
import { PollScheduler } from 'penstock/polling';

import { JobObserver } from '../engine/job-observer.js';
import { WaitingRoom } from '../engine/waiting-room.js';
import { isFinished } from '../generation-status.js';
import type { Generation, StoredReference } from '../generation.entity.js';
import type { GenerationView } from './generation.schemas.js';

/** Who looks at a generation, and from where. */
export interface Viewer {
  readonly isAdmin: boolean;
  /** Scheme and host that the client used, for links. */
  readonly origin: string;
}

/** Shows generations to clients, with what only this process knows of them. */
@Injectable()
export class GenerationViews {
  constructor(
    private readonly room: WaitingRoom,
    private readonly observer: JobObserver,
    private readonly scheduler: PollScheduler,
  ) {}

  of(generation: Generation, viewer: Viewer): GenerationView {
    const { id, status } = generation;
    return viewOf(generation, viewer, {
      position: this.room.position(id),
      estimatedWaitMs: this.room.estimatedWaitMs(id),
      polls: this.observer.polls(generation),
      nextPollAt: isFinished(status) ? null : toIso(this.scheduler.nextPollAt(id)),
    });
  }
}

/** What only this process knows of a generation. */
export type LiveFacts = Pick<GenerationView, 'position' | 'estimatedWaitMs' | 'polls' | 'nextPollAt'>;

/** A generation as clients see it. @param live - what its row does not say @defaultValue nothing is known */
export function viewOf(
  generation: Generation,
  viewer: Viewer,
  live: Partial<LiveFacts> = {},
): GenerationView {
  const { id, kind, provider, model, status, progress, priority } = generation;
  const { tokenId, remixOf, attempts, metadata } = generation;
  return {
    id,
    object: 'generation',
    kind,
    provider,
    model,
    status,
    progress,
    priority,
    position: live.position ?? null,
    estimatedWaitMs: live.estimatedWaitMs ?? null,
    input: inputOf(generation),
    assets: generation.assets.map(({ name, contentType, bytes }, index) => ({
      index,
      name,
      contentType,
      bytes,
      url: `${viewer.origin}/v1/generations/${id}/assets/${String(index)}`,
    })),
    error: errorOf(generation),
    ...(viewer.isAdmin ? { tokenId } : {}),
    remixOf,
    attempts,
    polls: live.polls ?? generation.polls,
    nextPollAt: live.nextPollAt ?? null,
    createdAt: new Date(generation.createdAt).toISOString(),
    startedAt: toIso(generation.startedAt),
    completedAt: toIso(generation.completedAt),
    metadata: { ...metadata },
  };
}

/** The error as clients see it. */
export function errorOf({ errorCode, errorMessage }: Generation): { code: string; message: string } | null {
  return errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' };
}

function inputOf({ input }: Generation): Record<string, unknown> {
  const { prompt, parameters, reference } = input;
  return { prompt, ...parameters, ...(reference === null ? {} : { inputReference: referenceOf(reference) }) };
}

function referenceOf(reference: StoredReference): Record<string, unknown> {
  if (reference.type === 'url') return { imageUrl: reference.url };
  if (reference.type === 'upstream-file') return { fileId: reference.fileId };
  const { filename, contentType, bytes, sha256 } = reference;
  return { filename, contentType, bytes, sha256 };
}

const toIso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
