import { ManualClock } from 'penstock/kernel/testing';
import { ScriptedProxyProbe } from 'penstock/upstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ProxySnapshot } from './proxy-state.js';
import { type ProxyPassage, ProxyStates } from './proxy-states.js';

const ORIGIN = 'https://api.test';
const A = 'http://me:hunter2@a.test:1';
const B = 'http://b.test:1';
const C = 'socks5://c.test:1';
const FAILED = { reason: 'Proxy opened no tunnel', retryAfterMs: null };

let clock: ManualClock;
let probe: ScriptedProxyProbe;
let proxies: ProxyStates;
let changes: ProxySnapshot[];

beforeEach(() => {
  clock = new ManualClock();
  probe = new ScriptedProxyProbe();
  const options = { probePauseMs: 1_000, longestProbePauseMs: 4_000 };
  proxies = new ProxyStates({ clock, probe, options: () => options });
  changes = [];
  proxies.onChange((snapshot) => changes.push(snapshot));
});
afterEach(() => {
  proxies.close();
  expect(clock.pendingTimers).toBe(0);
  expect(probe.script.mostAtOnce).toBeLessThanOrEqual(1);
});

const enter = (
  candidates: readonly (string | null)[],
  isAvoided?: (url: string | null) => boolean,
): Promise<ProxyPassage> =>
  proxies.enter({
    candidates,
    origin: ORIGIN,
    signal: new AbortController().signal,
    ...(isAvoided === undefined ? {} : { isAvoided }),
  });
const taken = async (count: number, candidates: readonly string[]): Promise<readonly (string | null)[]> => {
  const all: (string | null)[] = [];
  for (let i = 0; i < count; i += 1) {
    const passage = await enter(candidates);
    all.push(passage.proxyUrl);
    await passage.end('passed');
  }
  return all;
};
const lose = async (): Promise<boolean> => (await enter([A])).end({ lost: 'other side closed' });
const fail = async (url: string): Promise<boolean> => (await enter([url])).end(FAILED);

describe('the choice of a proxy', () => {
  it('is none where the way is direct, and an error where there is no candidate', async () => {
    expect((await enter([null])).proxyUrl).toBeNull();
    expect(proxies.isQuiet).toBe(true);
    await expect(enter([])).rejects.toMatchObject({ code: 'no_proxy', category: 'unavailable' });
  });

  it('goes round', async () => {
    expect(await taken(7, [A, B, C])).toEqual([A, B, C, A, B, C, A]);
  });

  it('goes round also when others take some of them meanwhile', async () => {
    expect(await taken(2, [A, B, C])).toEqual([A, B]);
    expect(await taken(2, [C])).toEqual([C, C]);
    expect(await taken(3, [A, B, C])).toEqual([A, B, C]);
  });

  it('passes over those that are set aside', async () => {
    await fail(B);
    expect(await taken(4, [A, B, C])).toEqual([A, C, A, C]);
  });

  it('comes first to those that are not avoided, and then to all', async () => {
    const passages = await Promise.all([1, 2, 3].map(() => enter([A, B], (url) => url === A)));
    expect(passages.map(({ proxyUrl }) => proxyUrl)).toEqual([B, B, B]);
    expect((await enter([A, B], () => true)).proxyUrl).toBe(A);
  });
});

describe('a proxy that fails', () => {
  it('is set aside at once, and callers are told when to come again', async () => {
    await fail(A);
    const refused = enter([A]);
    await expect(refused).rejects.toMatchObject({ code: 'proxy_set_aside', retryAfterMs: 1_000 });
    await expect(refused).rejects.toThrow(/http:\/\/a\.test:1 is set aside .*opened no tunnel/);
    expect(proxies.asideUntil(A)).toBe(clock.now() + 1_000);
    expect(proxies.asideUntil(B)).toBeNull();
    expect(proxies.find(A)).toMatchObject({
      proxy: 'http://a.test:1',
      condition: 'challenged',
      reason: FAILED.reason,
      failures: 1,
      refused: 1,
      nextProbeAt: clock.now() + 1_000,
    });
    const shown = JSON.stringify([proxies.list(), changes, await refused.catch(String)]);
    expect(shown).not.toContain('hunter2');
  });

  it('is set aside once, however many calls were under way', async () => {
    const passages = await Promise.all([1, 2, 3, 4].map(() => enter([A])));
    await Promise.all(passages.map(({ end }) => end(FAILED)));
    expect(proxies.find(A)?.failures).toBe(1);
  });

  it('is probed one at a time, where the last call went, at pauses that grow', async () => {
    await fail(A);
    for (const pause of [1_000, 2_000, 4_000, 4_000]) {
      const before = probe.script.asked.length;
      await clock.advance(pause - 1);
      expect(probe.script.asked).toHaveLength(before);
      await clock.advance(1);
      expect(probe.script.asked.slice(before)).toEqual([`${A} ${ORIGIN}`]);
      probe.script.end(`${A} ${ORIGIN}`, 'challenged');
      await clock.advance(0);
    }
    expect(proxies.find(A)?.condition).toBe('challenged');
  });

  it('lets one call go first when a probe passes, while others take the rest of the pool', async () => {
    await fail(A);
    await clock.advance(1_000);
    probe.script.end(`${A} ${ORIGIN}`, 'passed');
    await clock.advance(0);
    const first = await enter([A, B]);
    const second = await enter([A, B]);
    const third = await enter([A, B]);
    // A was taken before B ever was.
    expect([first, second, third].map(({ proxyUrl }) => proxyUrl)).toEqual([B, A, B]);
    await second.end('passed');
    expect(proxies.find(A)?.condition).toBe('clear');
    expect(await taken(2, [A, B])).toEqual([A, B]);
  });

  it('is set aside again when its first call fails', async () => {
    await fail(A);
    await clock.advance(1_000);
    probe.script.end(`${A} ${ORIGIN}`, 'passed');
    await clock.advance(0);
    await fail(A);
    await expect(enter([A])).rejects.toMatchObject({ retryAfterMs: 2_000 });
    expect(changes.map(({ condition }) => condition)).toEqual(['challenged', 'half_open', 'challenged']);
  });

  it('is not set aside by a call whose upstream failed', async () => {
    await (await enter([A])).end('unknown');
    expect(proxies.asideUntil(A)).toBeNull();
  });

  it('is set aside when it loses three connections in a row, and at once again after a probe', async () => {
    await lose();
    await lose();
    await (await enter([A])).end('passed');
    await lose();
    await lose();
    await (await enter([A])).end('unknown');
    expect(proxies.asideUntil(A)).toBeNull();
    await lose();
    expect(proxies.find(A)).toMatchObject({ condition: 'challenged', reason: 'other side closed' });
    await clock.advance(1_000);
    probe.script.end(`${A} ${ORIGIN}`, 'passed');
    await clock.advance(0);
    await lose();
    expect(proxies.find(A)).toMatchObject({ condition: 'challenged', failures: 2 });
  });

  it('is to blame for a lost connection unless an answer came through it since the last', async () => {
    expect(await lose()).toBe(true);
    expect(await (await enter([A])).end('passed')).toBe(false);
    const underWay = await Promise.all([1, 2, 3].map(() => enter([A])));
    const blamed: boolean[] = [];
    for (const { end } of underWay) blamed.push(await end({ lost: 'other side closed' }));
    expect(blamed).toEqual([false, true, true]);
    expect(proxies.find(A)?.condition).toBe('challenged');
  });

  it('is to blame whenever it fails, and believed on the first word', async () => {
    await (await enter([A])).end('passed');
    expect(await fail(A)).toBe(true);
    const passage = await enter([B]);
    expect(await passage.end('unknown')).toBe(false);
    expect(await passage.end(FAILED)).toBe(false);
    expect(proxies.asideUntil(B)).toBeNull();
    expect(await (await enter([null])).end(FAILED)).toBe(false);
  });

  it('keeps one refused, not silent, when all of the pool are set aside', async () => {
    await fail(A);
    await fail(B);
    await expect(enter([A, B])).rejects.toMatchObject({ code: 'proxy_set_aside' });
  });
});

it('closed, it probes no more', async () => {
  await fail(A);
  proxies.close();
  await clock.advance(60_000);
  expect(probe.script.asked).toEqual([]);
});
