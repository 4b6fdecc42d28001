import { DatabasePool, PooledSqliteDataSource } from 'penstock/database';

import { Generation } from '../../src/index.js';

/** Rows of one statement: SQLite takes 32,766 values. */
const CHUNK = 500;
/** The id of the key of `PENSTOCK_ADMIN_KEY`. */
const OWNER = 'key_configured';

/** The job of an upstream that a generation follows. */
export interface FollowedJob {
  readonly tokenId: string;
  readonly scope: string;
  readonly jobId: string;
}

/** A generation as the gateway writes it when the upstream has accepted it. */
export function acceptedGeneration(index: number, at: number, job: FollowedJob): Generation {
  return {
    id: `video_${index.toString(16).padStart(32, '0')}`,
    kind: 'video',
    model: 'sora-2',
    requestedProvider: null,
    provider: 'openai-videos',
    status: 'in_progress',
    progress: 0,
    input: {
      prompt: `A lighthouse on a cliff at dusk, waves below, number ${String(index)}`,
      parameters: { size: '1280x720', seconds: '8' },
      reference: null,
    },
    assets: [],
    metadata: {},
    errorCode: null,
    errorMessage: null,
    ownerId: OWNER,
    idempotencyKey: null,
    requestHash: 'bench',
    remixOf: null,
    tokenId: job.tokenId,
    attempts: 1,
    polls: 0,
    attemptId: `attempt-${String(index)}`,
    attemptedAt: at,
    cancelRequested: false,
    upstreamScope: job.scope,
    upstreamId: job.jobId,
    revision: 3,
    serial: index + 1,
    webhookUrl: null,
    eventFormat: 'native',
    traceparent: null,
    priority: 'normal',
    createdAt: at,
    startedAt: at,
    completedAt: null,
  };
}

/** The same after it was completed a minute later. */
export function completedGeneration(index: number, at: number, job: FollowedJob): Generation {
  return {
    ...acceptedGeneration(index, at, job),
    status: 'completed',
    progress: 100,
    polls: 12,
    revision: 9,
    completedAt: at + 60_000,
    assets: [{ name: 'video', contentType: 'video/mp4', bytes: null }],
  };
}

/** Writes generations into the file of a gateway that does not run. */
export async function insertGenerations(path: string, rows: readonly Generation[]): Promise<void> {
  const source = await new PooledSqliteDataSource({ path, entities: [Generation] }).initialize();
  try {
    const pool = new DatabasePool(source);
    for (let from = 0; from < rows.length; from += CHUNK)
      await pool.transaction((manager) => manager.insert(Generation, rows.slice(from, from + CHUNK)));
  } finally {
    await source.destroy();
  }
}
