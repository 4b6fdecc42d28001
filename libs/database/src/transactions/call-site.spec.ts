import { expect, it } from 'vitest';

import { callSite, type CallSite } from './call-site.js';

function caller(): CallSite {
  return callSite();
}

it('names who called, by file and line', () => {
  const [first] = caller().describe().split('\n');
  expect(first).toMatch(/^ {4}at caller \(.*call-site\.spec\.ts:\d+:\d+\)$/);
});

it('leaves the limit of the process as it was', () => {
  const before = Error.stackTraceLimit;
  caller();
  expect(Error.stackTraceLimit).toBe(before);
});
