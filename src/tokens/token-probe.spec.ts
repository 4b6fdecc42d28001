import { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

import { TokenProbe } from './token-probe.js';
import type { TokenStore } from './token-store.js';
import type { TokenTest, TokenTester } from './token-tester.js';

const SECOND = 1_000;

describe('TokenProbe', () => {
  const off = new Set<string>();
  const working = new Set<string>();
  let clock: ManualClock;
  let tested: string[];
  let answers: (() => void)[];
  let probe: TokenProbe;

  const store: Pick<TokenStore, 'idsTurnedOffByMachine'> = {
    idsTurnedOffByMachine: () => Promise.resolve([...off]),
  };
  const tester: Pick<TokenTester, 'test'> = {
    test: async (id) => {
      tested.push(id);
      await new Promise<void>((resolve) => answers.push(resolve));
      if (id === 'broken') throw new Error('its secret does not open');
      if (working.has(id)) off.delete(id);
      return { valid: working.has(id), detail: '', token: { label: id } } as TokenTest;
    },
  };
  /** Runs the probe, answering its tests as they come. */
  const look = async (): Promise<void> => {
    const run = probe.run();
    for (let turn = 0; turn < 20; turn += 1) {
      await clock.advance(0);
      for (const answer of answers.splice(0)) answer();
    }
    await run;
  };

  beforeEach(() => {
    clock = new ManualClock();
    off.clear();
    working.clear();
    tested = [];
    answers = [];
    probe = new TokenProbe(store as TokenStore, tester as TokenTester, clock);
  });

  it('leaves a token alone for 30 s, then tests it, and is done with it once it works', async () => {
    off.add('a');
    working.add('a');
    await look();
    await clock.advance(29 * SECOND);
    await look();
    expect(tested).toEqual([]);
    await clock.advance(SECOND);
    await look();
    expect(tested).toEqual(['a']);
    await clock.advance(3_600 * SECOND);
    await look();
    expect(tested).toEqual(['a']);
  });

  it('tests what does not work at growing pauses, at most half an hour apart', async () => {
    off.add('a');
    const at: number[] = [];
    for (let elapsed = 0; elapsed <= 7_200; elapsed += 15) {
      const before = tested.length;
      await look();
      if (tested.length > before) at.push(elapsed);
      await clock.advance(15 * SECOND);
    }
    const pauses = at.map((second, index) => second - (at[index - 1] ?? 0));
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1_800, 1_800]);
  });

  it('begins anew with a token that was turned off again', async () => {
    off.add('a');
    working.add('a');
    await look();
    await clock.advance(30 * SECOND);
    await look();
    off.add('a');
    await look();
    await clock.advance(29 * SECOND);
    await look();
    expect(tested).toEqual(['a']);
    await clock.advance(SECOND);
    await look();
    expect(tested).toEqual(['a', 'a']);
  });

  it('goes on after one that cannot be tested', async () => {
    off.add('broken').add('a');
    await look();
    await clock.advance(30 * SECOND);
    await look();
    expect(tested).toEqual(['broken', 'a']);
  });

  it('does not run twice at once', async () => {
    off.add('a');
    await look();
    await clock.advance(30 * SECOND);
    const first = probe.run();
    await clock.advance(0);
    await probe.run();
    expect(tested).toEqual(['a']);
    for (const answer of answers.splice(0)) answer();
    await first;
  });
});
