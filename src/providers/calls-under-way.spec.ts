import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { BoundedCall } from './bounded-call.js';
import { CallsUnderWay } from './calls-under-way.js';

describe('CallsUnderWay', () => {
  it('aborts those that were added and not taken out, in whatever order they went', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(20)), fc.nat(20), async (leaving, count) => {
        const clock = new ManualClock();
        const underWay = new CallsUnderWay();
        const calls = Array.from({ length: count }, () => new BoundedCall(clock));
        for (const call of calls) underWay.add(call);
        const gone = leaving.map((index) => calls[index]).filter((call) => call !== undefined);
        for (const call of gone) underWay.remove(call);
        underWay.abort(new Error('over'));
        const aborted = await Promise.all(
          calls.map((call) => call.outcome(async (signal) => signal.aborted)),
        );
        expect(aborted).toEqual(calls.map((call) => !gone.includes(call)));
      }),
    );
  });
});
