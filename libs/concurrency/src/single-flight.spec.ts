import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';

import { SingleFlight } from './single-flight.js';

let flights: SingleFlight<string, number>;
beforeEach(() => {
  flights = new SingleFlight();
});

/** A task that ends when it is told to, and counts how often it began. */
function aTask() {
  const task = {
    runs: 0,
    end: (() => undefined) as (value: number) => void,
    fail: (() => undefined) as (error: Error) => void,
    run: (): Promise<number> => {
      task.runs += 1;
      return new Promise<number>((resolve, reject) => {
        task.end = resolve;
        task.fail = reject;
      });
    },
  };
  return task;
}

describe('SingleFlight', () => {
  it('lets callers for the same key share one run', async () => {
    const task = aTask();
    const calls = [1, 2, 3].map(() => flights.run('a', task.run));
    expect([task.runs, flights.size]).toEqual([1, 1]);
    task.end(7);
    expect(await Promise.all(calls)).toEqual([7, 7, 7]);
    expect(flights.size).toBe(0);
  });

  it('runs other keys meanwhile', async () => {
    const [one, two] = [aTask(), aTask()];
    const calls = [flights.run('a', one.run), flights.run('b', two.run)];
    expect([one.runs, two.runs, flights.size]).toEqual([1, 1, 2]);
    two.end(2);
    one.end(1);
    expect(await Promise.all(calls)).toEqual([1, 2]);
  });

  it('hands an error to all who share the run, and forgets it', async () => {
    const task = aTask();
    const calls = Promise.allSettled([flights.run('a', task.run), flights.run('a', task.run)]);
    const error = new Error('no');
    task.fail(error);
    const failed = { status: 'rejected', reason: error };
    expect(await calls).toEqual([failed, failed]);
    expect(await flights.run('a', () => Promise.resolve(1))).toBe(1);
  });

  it('starts anew for who comes as soon as a run has settled', async () => {
    let runs = 0;
    const task = (): Promise<number> => Promise.resolve((runs += 1));
    expect(await flights.run('a', task)).toBe(1);
    expect(await flights.run('a', task)).toBe(2);
  });

  it('keeps nothing of a task that throws at once', async () => {
    const thrown = new Error('at once');
    const call = async (): Promise<number> =>
      flights.run('a', () => {
        throw thrown;
      });
    await expect(call()).rejects.toBe(thrown);
    expect(flights.size).toBe(0);
  });

  it('never has two runs of a key at once, and loses no caller', async () => {
    const steps = fc.array(fc.constantFrom('a', 'b', 'turn'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const under = new Map<string, number>();
        const calls: Promise<number>[] = [];
        const task = (key: string) => async (): Promise<number> => {
          under.set(key, (under.get(key) ?? 0) + 1);
          expect(under.get(key)).toBe(1);
          await new Promise((turn) => setImmediate(turn));
          under.set(key, 0);
          return 1;
        };
        for (const step of script) {
          if (step === 'turn') await new Promise((turn) => setImmediate(turn));
          else calls.push(flights.run(step, task(step)));
        }
        expect(await Promise.all(calls)).toEqual(calls.map(() => 1));
        expect(flights.size).toBe(0);
      }),
    );
  });
});
