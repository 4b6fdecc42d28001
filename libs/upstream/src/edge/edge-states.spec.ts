import { getEventListeners } from 'node:events';

import { ManualClock } from 'penstock/kernel/testing';
import { ScriptedDesk, ScriptedProbe } from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { EdgeSnapshot } from './edge-snapshot.js';
import { EdgeStates } from './edge-states.js';
import type { Passage } from './passage.js';

const ORIGIN = 'https://api.test';
const EVIDENCE = { reason: '403 with cf-mitigated: challenge', retryAfterMs: null };
const GIVEN = { source: 'operator', headers: { 'CF-Access-Client-Id': 'id.access' } };

let clock: ManualClock;
let probe: ScriptedProbe;
let desk: ScriptedDesk;
let edges: EdgeStates;
let changes: EdgeSnapshot[];

beforeEach(() => {
  clock = new ManualClock();
  probe = new ScriptedProbe();
  desk = new ScriptedDesk();
  edges = new EdgeStates({ clock, probe, desk }, { probePauseMs: 10_000, longestProbePauseMs: 40_000 });
  changes = [];
  edges.onChange((snapshot) => changes.push(snapshot));
});

afterEach(() => {
  edges.close();
  expect(clock.pendingTimers).toBe(0);
  expect(probe.mostAtOnce).toBeLessThanOrEqual(1);
  expect(desk.mostAtOnce).toBeLessThanOrEqual(1);
});

const enter = (origin = ORIGIN, signal = new AbortController().signal): Promise<Passage> =>
  edges.enter(origin, signal);

const challenge = async (retryAfterMs: number | null = null): Promise<void> =>
  (await enter()).end({ ...EVIDENCE, retryAfterMs });

const conditionOf = (origin = ORIGIN): string | undefined => edges.find(origin)?.condition;

describe('a clear edge', () => {
  it('lets every call pass, with nothing to show, and there is nothing to tell of it', async () => {
    const passages = await Promise.all([enter(), enter(), enter()]);
    for (const passage of passages) {
      expect(passage.headers).toEqual({});
      await passage.end('passed');
    }
    expect(edges.list()).toEqual([]);
    expect(edges.challengedUntil(ORIGIN)).toBeNull();
    expect(changes).toEqual([]);
  });

  it('is not shut by a call that got no answer', async () => {
    await (await enter()).end('unknown');
    expect((await enter()).headers).toEqual({});
  });
});

describe('after a challenge', () => {
  it('calls are answered at once, and told when to come again', async () => {
    await challenge();
    await expect(enter()).rejects.toMatchObject({
      code: 'edge_challenged',
      category: 'unavailable',
      retryAfterMs: 10_000,
      message: expect.stringContaining('403 with cf-mitigated: challenge') as string,
    });
    await clock.advance(9_500);
    await expect(enter()).rejects.toMatchObject({ retryAfterMs: 1_000 });
    expect(edges.find(ORIGIN)).toEqual({
      origin: ORIGIN,
      condition: 'challenged',
      since: clock.now() - 9_500,
      reason: EVIDENCE.reason,
      nextProbeAt: clock.now() + 500,
      probing: false,
      challenges: 1,
      refused: 2,
      clearance: null,
    });
    expect(edges.challengedUntil(ORIGIN)).toBe(clock.now() + 500);
  });

  it('other origins are not concerned', async () => {
    await challenge();
    expect((await enter('https://other.test')).headers).toEqual({});
  });

  it('it is opened once, however many calls were under way', async () => {
    const passages = await Promise.all(Array.from({ length: 20 }, () => enter()));
    await Promise.all(passages.map((passage) => passage.end(EVIDENCE)));
    expect(edges.find(ORIGIN)?.challenges).toBe(1);
    expect(desk.asked).toHaveLength(1);
    await clock.advance(10_000);
    expect(probe.asked).toEqual([ORIGIN]);
  });

  it('waits as long as the edge asks, within an hour', async () => {
    await challenge(25_000);
    await expect(enter()).rejects.toMatchObject({ retryAfterMs: 25_000 });
    await clock.advance(24_999);
    expect(probe.asked).toEqual([]);
    await clock.advance(1);
    expect(probe.asked).toEqual([ORIGIN]);
  });

  it('does not wait longer than an hour, and tells callers to come within half a minute', async () => {
    await challenge(86_400_000);
    await expect(enter()).rejects.toMatchObject({ retryAfterMs: 30_000 });
    await clock.advance(3_600_000);
    expect(probe.asked).toEqual([ORIGIN]);
  });

  it('a jump of the wall clock changes nothing', async () => {
    await challenge();
    clock.jump(86_400_000);
    await expect(enter()).rejects.toMatchObject({ retryAfterMs: 10_000 });
    expect(edges.challengedUntil(ORIGIN)).toBe(clock.now() + 10_000);
  });
});

describe('probes', () => {
  it('come one at a time, at pauses that grow up to the longest', async () => {
    await challenge();
    const pauses: number[] = [];
    for (const pause of [10_000, 20_000, 40_000, 40_000]) {
      await clock.advance(pause - 1);
      const before = probe.asked.length;
      await clock.advance(1);
      expect(probe.asked).toHaveLength(before + 1);
      expect(edges.find(ORIGIN)?.probing).toBe(true);
      await expect(enter()).rejects.toMatchObject({ retryAfterMs: 1_000 });
      probe.end(ORIGIN, pause === 20_000 ? new Error('broken') : 'challenged');
      await clock.advance(0);
      pauses.push(pause);
    }
    expect(pauses).toHaveLength(4);
    expect(conditionOf()).toBe('challenged');
  });

  it('that stays without an answer keeps the edge shut', async () => {
    await challenge();
    await clock.advance(10_000);
    probe.end(ORIGIN, 'inconclusive');
    await clock.advance(0);
    expect(conditionOf()).toBe('challenged');
  });

  it('that passes lets one call go first, and all others after it', async () => {
    await challenge();
    await clock.advance(10_000);
    probe.end(ORIGIN, 'passed');
    await clock.advance(0);
    expect(conditionOf()).toBe('half_open');
    expect(edges.challengedUntil(ORIGIN)).toBeNull();
    const first = await enter();
    let passed = 0;
    const others = [1, 2, 3].map(() => enter().then(() => (passed += 1)));
    await clock.advance(60_000);
    expect(passed).toBe(0);
    await first.end('passed');
    await Promise.all(others);
    expect(passed).toBe(3);
    expect(conditionOf()).toBe('clear');
  });

  it('that passes, followed by another challenge, shuts it again for longer, and who waited is told', async () => {
    await challenge();
    await clock.advance(10_000);
    probe.end(ORIGIN, 'passed');
    await clock.advance(0);
    const first = await enter();
    const others = Promise.allSettled([enter(), enter()]);
    await first.end(EVIDENCE);
    expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(enter()).rejects.toMatchObject({ retryAfterMs: 20_000 });
  });

  it('whose first call gets no answer lets the next one go instead', async () => {
    await challenge();
    await clock.advance(10_000);
    probe.end(ORIGIN, 'passed');
    await clock.advance(0);
    const first = await enter();
    const second = enter();
    const third = enter();
    await first.end('unknown');
    await (await second).end('passed');
    expect((await third).headers).toEqual({});
  });

  it('begin with short pauses again when it was clear for long', async () => {
    await challenge();
    await clock.advance(10_000);
    probe.end(ORIGIN, 'passed');
    await clock.advance(0);
    await (await enter()).end('passed');
    await clock.advance(30_000);
    await challenge();
    await expect(enter()).rejects.toMatchObject({ retryAfterMs: 10_000 });
  });

  it('stay one at a time when it is cleared and challenges again meanwhile', async () => {
    await challenge();
    await clock.advance(10_000);
    await edges.supply(ORIGIN, GIVEN);
    await challenge();
    await clock.advance(60_000);
    expect(probe.asked).toHaveLength(1);
    // What the old one finds is out of date, and the next one begins.
    probe.end(ORIGIN, 'passed');
    await clock.advance(0);
    expect(conditionOf()).toBe('challenged');
    expect(probe.asked).toHaveLength(2);
  });

  it('take options over', async () => {
    edges.configure({ probePauseMs: 500 });
    await challenge();
    await clock.advance(500);
    expect(probe.asked).toHaveLength(1);
    expect(() => {
      edges.configure({ probePauseMs: 0 });
    }).toThrow('probePauseMs must be an integer >= 1, got 0');
  });
});

describe('a caller that waits for the first call', () => {
  it('goes when its signal aborts, and leaves nothing', async () => {
    await challenge();
    await edges.supply(ORIGIN, GIVEN);
    const first = await enter();
    const abort = new AbortController();
    const waiting = enter(ORIGIN, abort.signal);
    await clock.advance(0);
    abort.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    await first.end('passed');
  });
});

describe('a clearance', () => {
  it('opens the way at once, goes along with calls, and is shown without its values', async () => {
    await challenge();
    const snapshot = await edges.supply(ORIGIN, { ...GIVEN, cookies: { cf_clearance: 'abc' } });
    const passage = await enter();
    expect(passage.headers).toEqual({ 'cf-access-client-id': 'id.access', cookie: 'cf_clearance=abc' });
    await passage.end('passed');
    expect(conditionOf()).toBe('clear');
    expect(snapshot.clearance).toEqual({
      source: 'operator',
      names: ['CF-Access-Client-Id', 'cf_clearance'],
      expiresAt: clock.now() + 600_000,
    });
    expect(JSON.stringify([snapshot, changes, edges.list()])).not.toMatch(/id\.access|abc/);
  });

  it('ends with its time', async () => {
    await edges.supply(ORIGIN, { ...GIVEN, ttlMs: 1_000 });
    await clock.advance(999);
    expect((await enter()).headers).toEqual({ 'cf-access-client-id': 'id.access' });
    await clock.advance(1);
    expect((await enter()).headers).toEqual({});
    expect(edges.list()).toEqual([]);
  });

  it('is void after a new challenge', async () => {
    await edges.supply(ORIGIN, GIVEN);
    await challenge();
    expect(edges.find(ORIGIN)?.clearance).toBeNull();
    await clock.advance(10_000);
    probe.end(ORIGIN, 'passed');
    await clock.advance(0);
    expect((await enter()).headers).toEqual({});
  });

  it('is not void because of a call that left before it came', async () => {
    const early = await enter();
    await challenge();
    await edges.supply(ORIGIN, GIVEN);
    await early.end(EVIDENCE);
    expect((await enter()).headers).toEqual({ 'cf-access-client-id': 'id.access' });
  });

  it('is forgotten with the challenge', async () => {
    await challenge();
    await edges.supply(ORIGIN, GIVEN);
    expect(await edges.forget(ORIGIN)).toBe(true);
    expect(await edges.forget(ORIGIN)).toBe(false);
    expect(await edges.forget('https://unknown.test')).toBe(false);
    expect(edges.list()).toEqual([]);
    expect((await enter()).headers).toEqual({});
  });
});

describe('the desk', () => {
  it('is asked at a challenge, and what it gives counts', async () => {
    await challenge();
    expect(desk.asked).toMatchObject([{ origin: ORIGIN, reason: EVIDENCE.reason }]);
    desk.answer({ source: 'acme', headers: { 'x-pass': '1' } });
    await clock.advance(0);
    expect((await enter()).headers).toEqual({ 'x-pass': '1' });
    expect(edges.find(ORIGIN)?.clearance?.source).toBe('acme');
  });

  it('is asked again after a probe, but never twice at once', async () => {
    await challenge();
    await clock.advance(10_000);
    probe.end(ORIGIN, 'challenged');
    await clock.advance(0);
    expect(desk.asked).toHaveLength(1);
    desk.answer(new Error('out of order'));
    await clock.advance(20_000);
    probe.end(ORIGIN, 'challenged');
    await clock.advance(0);
    expect(desk.asked).toHaveLength(2);
    desk.answer(null);
    await clock.advance(0);
    expect(conditionOf()).toBe('challenged');
  });

  it('is too late when the operator was faster', async () => {
    await challenge();
    await edges.supply(ORIGIN, GIVEN);
    desk.answer({ source: 'acme', headers: { 'x-pass': '1' } });
    await clock.advance(0);
    expect(edges.find(ORIGIN)?.clearance?.source).toBe('operator');
  });
});

it('a closed one neither probes nor takes a clearance from the desk', async () => {
  await challenge();
  edges.close();
  desk.answer({ source: 'acme', headers: { 'x-pass': '1' } });
  await clock.advance(60_000);
  expect(probe.asked).toEqual([]);
  expect(edges.find(ORIGIN)?.clearance).toBeNull();
});

it('keeps a bounded number of origins in mind, those that matter first', async () => {
  await challenge();
  for (let i = 0; i < 1_200; i++) await (await enter(`https://${String(i)}.test`)).end('passed');
  expect(conditionOf()).toBe('challenged');
});
