import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_BEHAVIOUR } from './behaviour.js';
import { JobStore } from './job-store.js';
import { newJob, viewOf, type Job } from './job.js';

const REQUEST = { prompt: 'p', model: 'm', size: 's', seconds: '4', remixedFrom: null, reference: null };

function jobOf(id: string, account = 'a'): Job {
  const plan = { id, queuedMs: 0, runMs: 100, failure: null, noise: 0 };
  return newJob({ secret: `key of ${account}`, account, request: REQUEST, now: 0 }, plan, DEFAULT_BEHAVIOUR);
}

function storeOf(ids: readonly string[]): JobStore {
  const store = new JobStore();
  for (const id of ids) store.add(jobOf(id));
  return store;
}

const idsOf = (jobs: readonly Job[]): string[] => jobs.map(({ id }) => id);

describe('JobStore', () => {
  it('finds a job until it is deleted, and lists it among all afterwards', () => {
    const store = storeOf(['1', '2']);
    const job = store.find('1');
    expect(job?.id).toBe('1');
    if (job !== undefined) job.deleted = true;
    expect(store.find('1')).toBeUndefined();
    expect(store.find('3')).toBeUndefined();
    expect(idsOf([...store.all()])).toEqual(['1', '2']);
  });

  it('ends a job once', () => {
    const store = storeOf(['1']);
    const [job] = store.all();
    if (job === undefined) throw new Error('no job');
    expect(store.end(job, 50, { code: 'cancelled', message: 'x' })).toBe(true);
    expect(store.end(job, 60, null)).toBe(false);
    expect(viewOf(job, 70)).toMatchObject({ status: 'failed', finishedAt: 50 });
    expect(store.inFlight(job.secret).count(50)).toBe(0);
  });

  it('does not end a job that came to its end by itself', () => {
    const store = storeOf(['1']);
    const [job] = store.all();
    expect(job !== undefined && store.end(job, 100, null)).toBe(false);
  });

  it('shows an account only its own jobs', () => {
    const store = storeOf(['1']);
    store.add(jobOf('2', 'b'));
    expect(idsOf(store.page('b', { limit: 10, order: 'asc', after: null }).jobs)).toEqual(['2']);
    expect(store.page('c', { limit: 10, order: 'desc', after: null })).toEqual({ jobs: [], hasMore: false });
  });

  it('returns nothing for a limit of 0, and says that there is more', () => {
    expect(storeOf(['1']).page('a', { limit: 0, order: 'asc', after: null })).toEqual({
      jobs: [],
      hasMore: true,
    });
  });

  it.each(['asc', 'desc'] as const)('pages through everything once, in order (%s)', (order) => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        (deleted, limit) => {
          const store = storeOf(deleted.map((_, index) => String(index)));
          [...store.all()].forEach((job, index) => (job.deleted = deleted[index] === true));
          const seen: string[] = [];
          let after: Job | null = null;
          for (let more = true; more;) {
            const page = store.page('a', { limit, order, after });
            seen.push(...idsOf(page.jobs));
            after = page.jobs.at(-1) ?? null;
            more = page.hasMore;
            expect(page.jobs.length).toBeLessThanOrEqual(limit);
          }
          const left = [...store.all()].filter((job) => !job.deleted).map(({ id }) => id);
          expect(seen).toEqual(order === 'asc' ? left : left.reverse());
        },
      ),
    );
  });
});
