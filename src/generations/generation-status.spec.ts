import { expect, it } from 'vitest';

import { GENERATION_STATUSES, isFinished, UNFINISHED } from './generation-status.js';

it('knows each status as either finished or unfinished', () => {
  const finished = GENERATION_STATUSES.filter(isFinished);
  expect(finished).toEqual(['completed', 'failed', 'cancelled']);
  expect([...UNFINISHED, ...finished]).toEqual([...GENERATION_STATUSES]);
});
