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

  const store: { idsTurnedOffByMachine: TokenStore['idsTurnedOffByMachine'] } = {
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

  it('leaves a token alone for 10 s, then tests it, and is done with it once it works', async () => {
    await look();
    off.add('a');
    working.add('a');
    await look();
    await clock.advance(9 * SECOND);
    await look();
    expect(tested).toEqual([]);
    await clock.advance(SECOND);
    await look();
    expect(tested).toEqual(['a']);
    await clock.advance(3_600 * SECOND);
    await look();
    expect(tested).toEqual(['a']);
  });

  it('tests at once what is off at the start, and then at growing pauses, at most half an hour apart', async () => {
    off.add('a');
    const at: number[] = [];
    for (let elapsed = 0; elapsed <= 7_200; elapsed += 5) {
      const before = tested.length;
      await look();
      if (tested.length > before) at.push(elapsed);
      await clock.advance(5 * SECOND);
    }
    const pauses = at.map((second, index) => second - (at[index - 1] ?? 0));
    expect(pauses).toEqual([0, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_800, 1_800]);
  });

  it('does not have the start wait', async () => {
    off.add('a');
    probe.onApplicationBootstrap();
    await clock.advance(0);
    expect(tested).toEqual(['a']);
  });

  it('begins anew with a token that was turned off again', async () => {
    off.add('a');
    working.add('a');
    await look();
    off.add('a');
    await look();
    await clock.advance(9 * SECOND);
    await look();
    expect(tested).toEqual(['a']);
    await clock.advance(SECOND);
    await look();
    expect(tested).toEqual(['a', 'a']);
  });

  it('goes on with its pauses where a token works in tests only', async () => {
    const at: number[] = [];
    working.add('a');
    for (let elapsed = 0; elapsed <= 320; elapsed += 5) {
      off.add('a');
      const before = tested.length;
      await look();
      if (tested.length > before) at.push(elapsed);
      await clock.advance(5 * SECOND);
    }
    const pauses = at.map((second, index) => second - (at[index - 1] ?? 0));
    expect(pauses).toEqual([0, 15, 25, 45, 85]);
  });

  it('goes on after one that cannot be tested, and after a look that failed', async () => {
    off.add('broken').add('a');
    const ids = store.idsTurnedOffByMachine;
    store.idsTurnedOffByMachine = () => Promise.reject(new Error('the database is away'));
    await look();
    store.idsTurnedOffByMachine = ids;
    await look();
    expect(tested).toEqual(['broken', 'a']);
  });

  it('tests no token twice at once, and five tokens at most; one that hangs holds up no other', async () => {
    for (const id of ['hangs', 'b', 'c', 'd', 'e', 'f']) off.add(id);
    void probe.run();
    await clock.advance(0);
    expect(tested).toEqual(['hangs', 'b', 'c', 'd', 'e']);
    answers.splice(1, 1)[0]?.();
    await clock.advance(0);
    expect(tested).toEqual(['hangs', 'b', 'c', 'd', 'e', 'f']);
    off.add('late');
    void probe.run();
    await clock.advance(10 * SECOND);
    for (const answer of answers.splice(1)) answer();
    void probe.run();
    await clock.advance(0);
    expect(tested.filter((id) => id === 'hangs')).toHaveLength(1);
    expect(tested).toContain('late');
  });
});
