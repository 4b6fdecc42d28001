import fc from 'fast-check';
import { ManualClock } from 'penstock/kernel/testing';
import { describe, expect, it } from 'vitest';

import { LineThinner, type LeftOut } from './line-thinner.js';

function thinnerOf() {
  const clock = new ManualClock();
  const thinner = new LineThinner(clock);
  const told: LeftOut[] = [];
  thinner.onLeftOut((leftOut) => told.push(leftOut));
  return { clock, thinner, told };
}

describe('LineThinner', () => {
  it('shows every line of a window, or counts it', async () => {
    const words = fc.constantFrom('lock 1', 'lock 2', 'pool', 'upstream', 'disk 7 full');
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 200 }), async (lines) => {
        const { clock, thinner, told } = thinnerOf();
        const shown = lines.filter((line) => thinner.admits(line)).length;
        await clock.advance(10_000);
        expect(shown + told.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
      }),
    );
  });

  it('takes lines that differ in words without digits for different ones', () => {
    const { thinner } = thinnerOf();
    for (let n = 0; n < 10; n += 1) thinner.admits('pool of readers');
    expect([thinner.admits('pool of readers'), thinner.admits('pool of writers')]).toEqual([false, true]);
  });

  it('leaves no timer behind, whether it ends by itself or is flushed', async () => {
    const { clock, thinner, told } = thinnerOf();
    for (let n = 0; n < 12; n += 1) thinner.admits('again');
    thinner.flush();
    expect([told, clock.pendingTimers]).toEqual([[{ key: 'again', count: 2 }], 0]);
    thinner.admits('again');
    await clock.advance(10_000);
    expect([told.length, clock.pendingTimers]).toEqual([1, 0]);
  });

  it('keeps a bounded number of kinds, and shows lines of further ones', () => {
    const { thinner } = thinnerOf();
    const letters = (n: number): string =>
      n.toString(26).replaceAll(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
    for (let n = 0; n < 1_000; n += 1)
      thinner.admits(`kind ${letters(n)}${'x'.repeat(n % 7)}-${letters(n * 31)}`);
    for (let n = 0; n < 30; n += 1) expect(thinner.admits('one kind more')).toBe(true);
  });
});
