import { setImmediate } from 'node:timers/promises';

import { expect, it, onTestFinished } from 'vitest';

import { longLivedAbort } from './long-lived-abort.js';

/** The names of the warnings that Node makes of 20 listeners. */
async function warningsOf({ signal }: AbortController): Promise<readonly string[]> {
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  for (let n = 0; n < 20; n += 1) signal.addEventListener('abort', () => undefined);
  await setImmediate();
  return warnings;
}

it('may have many listeners without a warning, which others may not', async () => {
  expect(await warningsOf(longLivedAbort())).toEqual([]);
  expect(await warningsOf(new AbortController())).toEqual(['MaxListenersExceededWarning']);
});

it('aborts like any other', () => {
  const controller = longLivedAbort();
  controller.abort('the end');
  expect(controller.signal.reason).toBe('the end');
});
