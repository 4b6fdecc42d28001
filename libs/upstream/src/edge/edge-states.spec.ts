import { getEventListeners } from 'node:events';

import { describe, expect, it } from 'vitest';

import { edgeWorld, EVIDENCE, GIVEN, ORIGIN, way } from '../../testing/edge-world.js';

const on = edgeWorld();

describe('a clear edge', () => {
  it('lets every call pass, with nothing to show, and there is nothing to tell of it', async () => {
    const passages = await Promise.all([on.enter(), on.enter(), on.enter()]);
    for (const passage of passages) {
      expect(passage.headers).toEqual({});
      await passage.end('passed');
    }
    expect(on.edges.list()).toEqual([]);
    expect(on.edges.challengedUntil(way())).toBeNull();
    expect(on.changes).toEqual([]);
  });

  it('is not shut by a call that got no answer', async () => {
    await (await on.enter()).end('unknown');
    expect((await on.enter()).headers).toEqual({});
  });
});

describe('after a challenge', () => {
  it('calls are answered at once, and told when to come again', async () => {
    await on.challenge();
    await expect(on.enter()).rejects.toMatchObject({
      code: 'edge_challenged',
      category: 'unavailable',
      retryAfterMs: 10_000,
      message: expect.stringContaining('403 with cf-mitigated: challenge') as string,
    });
    await on.clock.advance(9_500);
    await expect(on.enter()).rejects.toMatchObject({ retryAfterMs: 1_000 });
    expect(on.edges.find(way())).toEqual({
      origin: ORIGIN,
      proxy: null,
      condition: 'challenged',
      since: on.clock.now() - 9_500,
      reason: EVIDENCE.reason,
      nextProbeAt: on.clock.now() + 500,
      probing: false,
      challenges: 1,
      refused: 2,
      clearance: null,
    });
    expect(on.edges.challengedUntil(way())).toBe(on.clock.now() + 500);
  });

  it('other origins are not concerned', async () => {
    await on.challenge();
    expect((await on.enter('https://other.test')).headers).toEqual({});
  });

  it('it is opened once, however many calls were under way', async () => {
    const passages = await Promise.all(Array.from({ length: 20 }, () => on.enter()));
    await Promise.all(passages.map((passage) => passage.end(EVIDENCE)));
    expect(on.edges.find(way())?.challenges).toBe(1);
    expect(on.desk.asked).toHaveLength(1);
    await on.clock.advance(10_000);
    expect(on.probe.asked).toEqual([ORIGIN]);
  });

  it('waits as long as the edge asks, within an hour', async () => {
    await on.challenge(25_000);
    await expect(on.enter()).rejects.toMatchObject({ retryAfterMs: 25_000 });
    await on.clock.advance(24_999);
    expect(on.probe.asked).toEqual([]);
    await on.clock.advance(1);
    expect(on.probe.asked).toEqual([ORIGIN]);
  });

  it('does not wait longer than an hour, and tells callers to come within half a minute', async () => {
    await on.challenge(86_400_000);
    await expect(on.enter()).rejects.toMatchObject({ retryAfterMs: 30_000 });
    await on.clock.advance(3_600_000);
    expect(on.probe.asked).toEqual([ORIGIN]);
  });

  it('a jump of the wall clock changes nothing', async () => {
    await on.challenge();
    on.clock.jump(86_400_000);
    await expect(on.enter()).rejects.toMatchObject({ retryAfterMs: 10_000 });
    expect(on.edges.challengedUntil(way())).toBe(on.clock.now() + 10_000);
  });
});

describe('a caller that waits for the first call', () => {
  it('goes when its signal aborts, and leaves nothing', async () => {
    await on.challenge();
    await on.edges.supply(way(), GIVEN);
    const first = await on.enter();
    const abort = new AbortController();
    const waiting = on.enter(ORIGIN, abort.signal);
    await on.clock.advance(0);
    abort.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    await first.end('passed');
  });
});

it('a closed one neither probes nor takes a clearance from the desk', async () => {
  await on.challenge();
  on.edges.close();
  on.desk.answer({ source: 'acme', headers: { 'x-pass': '1' } });
  await on.clock.advance(60_000);
  expect(on.probe.asked).toEqual([]);
  expect(on.edges.find(way())?.clearance).toBeNull();
});

it('keeps a bounded number of origins in mind, those that matter first', async () => {
  await on.challenge();
  for (let i = 0; i < 1_200; i++) await (await on.enter(`https://${String(i)}.test`)).end('passed');
  expect(on.conditionOf()).toBe('challenged');
});

describe('ways to an origin', () => {
  const PROXIED = way(ORIGIN, 'http://me:hunter2@proxy.test:3128');
  const { signal } = new AbortController();

  it('are challenged and cleared each for itself', async () => {
    await (await on.edges.enter(PROXIED, signal)).end(EVIDENCE);
    expect((await on.enter()).headers).toEqual({});
    await expect(on.edges.enter(PROXIED, signal)).rejects.toThrow('through http://proxy.test:3128');
    expect(on.edges.challengedUntil(way())).toBeNull();
    expect(on.edges.challengedUntil(PROXIED)).toBe(on.clock.now() + 10_000);
    await on.clock.advance(10_000);
    expect(on.probe.asked).toEqual([`${ORIGIN} ${PROXIED.proxyUrl ?? ''}`]);
    await on.edges.supply(PROXIED, GIVEN);
    expect((await on.edges.enter(PROXIED, signal)).headers).toEqual({ 'cf-access-client-id': 'id.access' });
    expect((await on.enter()).headers).toEqual({});
  });

  it('are shown without credentials, and known by their origin', async () => {
    await (await on.edges.enter(PROXIED, signal)).end(EVIDENCE);
    await on.challenge();
    expect(on.edges.list().map(({ proxy }) => proxy)).toEqual([null, 'http://proxy.test:3128']);
    expect(on.edges.waysTo(ORIGIN)).toEqual([PROXIED, way()]);
    expect(on.edges.waysTo('https://other.test')).toEqual([]);
    const refused = await on.edges.enter(PROXIED, signal).catch((error: unknown) => String(error));
    expect(JSON.stringify([on.changes, on.edges.list(), refused])).not.toContain('hunter2');
  });

  it('that differ in credentials only are two: they may lead to two addresses', async () => {
    await (await on.edges.enter(PROXIED, signal)).end(EVIDENCE);
    const other = way(ORIGIN, 'http://me-2:hunter2@proxy.test:3128');
    expect((await on.edges.enter(other, signal)).headers).toEqual({});
  });
});
