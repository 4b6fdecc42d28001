import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_BEHAVIOUR } from './behaviour.js';
import { InFlight } from './in-flight.js';
import { endOf, newJob, type Job } from './job.js';

const REQUEST = { prompt: 'p', model: 'm', size: 's', seconds: '4', remixedFrom: null, reference: null };

function jobOf(createdAt: number, runMs: number): Job {
  const origin = { secret: 's', account: 'a', request: REQUEST, now: createdAt };
  const plan = { id: `video_${createdAt}`, queuedMs: 0, runMs, failure: null, noise: 0 };
  return newJob(origin, plan, DEFAULT_BEHAVIOUR);
}

describe('InFlight', () => {
  it('counts jobs until they end, and remembers the most', () => {
    const inFlight = new InFlight();
    inFlight.add(jobOf(0, 100), 0);
    inFlight.add(jobOf(10, 50), 10);
    expect([10, 59, 60, 99, 100].map((now) => inFlight.count(now))).toEqual([2, 2, 1, 1, 0]);
    expect(inFlight.max).toBe(2);
  });

  it('does not count ended jobs into the maximum', () => {
    const inFlight = new InFlight();
    for (let at = 0; at < 10; at += 1) inFlight.add(jobOf(at * 10, 10), at * 10);
    expect(inFlight.max).toBe(1);
  });

  it('knows when the next one ends', () => {
    const inFlight = new InFlight();
    expect(inFlight.nextEnd(0)).toBe(Infinity);
    const first = jobOf(0, 50);
    inFlight.add(first, 0);
    inFlight.add(jobOf(0, 80), 0);
    expect(inFlight.nextEnd(0)).toBe(50);
    inFlight.remove(first);
    expect(inFlight.nextEnd(0)).toBe(80);
    expect(inFlight.nextEnd(80)).toBe(Infinity);
  });

  it('keeps a job that stalls after it was added, until it is removed', () => {
    const inFlight = new InFlight();
    const job = jobOf(0, 50);
    inFlight.add(job, 0);
    job.stalledAt = 20;
    expect(inFlight.count(10_000)).toBe(1);
    inFlight.remove(job);
    inFlight.remove(job);
    expect(inFlight.count(10_000)).toBe(0);
  });

  it('agrees with counting all jobs, whatever is added and taken away', () => {
    const step = fc.record({
      pass: fc.nat(30),
      runMs: fc.nat(100),
      fate: fc.constantFrom('run', 'stall', 'cancel'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const inFlight = new InFlight();
        const jobs: Job[] = [];
        let now = 0;
        for (const { pass, runMs, fate } of steps) {
          now += pass;
          const job = jobOf(now, runMs);
          inFlight.add(job, now);
          jobs.push(job);
          const older = jobs[Math.floor(jobs.length / 2)];
          if (older !== undefined && fate === 'stall') older.stalledAt = Math.min(older.stalledAt, now);
          if (older !== undefined && fate === 'cancel' && now < endOf(older)) {
            older.ended = { at: now, error: null };
            inFlight.remove(older);
          }
          expect(inFlight.count(now)).toBe(jobs.filter((one) => endOf(one) > now).length);
        }
      }),
    );
  });
});
