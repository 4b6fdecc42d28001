import { expect, it } from 'vitest';

import { QUICK, stage } from '../support/stage.js';

it('keeps to 2 at once on each of 3 tokens under 100 generations that arrive together', async () => {
  const credentials = ['sk-one', 'sk-two', 'sk-three'].map((secret) => ({ secret, concurrency: 2 }));
  const on = await stage({ credentials, behaviour: QUICK });

  const created = await Promise.all(
    Array.from({ length: 100 }, (_, n) => on.api.generate(`crowd ${String(n)}`)),
  );
  const ends = await Promise.all(created.map(({ id }) => on.api.end(id, 120_000)));

  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['completed']));
  const report = on.simulator.control.report();
  expect(report.jobs).toHaveLength(100);
  expect(report.violations).toEqual({ concurrency: 0, hammering: 0 });
  expect(report.secrets.map(({ maxInFlight }) => maxInFlight)).toEqual([2, 2, 2]);
});
