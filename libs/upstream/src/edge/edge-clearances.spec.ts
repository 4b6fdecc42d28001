import { describe, expect, it } from 'vitest';

import { edgeWorld, EVIDENCE, GIVEN, ORIGIN, way } from '../../testing/edge-world.js';

const on = edgeWorld();

describe('a clearance', () => {
  it('opens the way at once, goes along with calls, and is shown without its values', async () => {
    await on.challenge();
    const snapshot = await on.edges.supply(way(), { ...GIVEN, cookies: { cf_clearance: 'abc' } });
    const passage = await on.enter();
    expect(passage.headers).toEqual({ 'cf-access-client-id': 'id.access', cookie: 'cf_clearance=abc' });
    await passage.end('passed');
    expect(on.conditionOf()).toBe('clear');
    expect(snapshot.clearance).toEqual({
      source: 'operator',
      names: ['CF-Access-Client-Id', 'cf_clearance'],
      expiresAt: on.clock.now() + 600_000,
    });
    expect(JSON.stringify([snapshot, on.changes, on.edges.list()])).not.toMatch(/id\.access|abc/);
  });

  it('ends with its time', async () => {
    await on.edges.supply(way(), { ...GIVEN, ttlMs: 1_000 });
    await on.clock.advance(999);
    expect((await on.enter()).headers).toEqual({ 'cf-access-client-id': 'id.access' });
    await on.clock.advance(1);
    expect((await on.enter()).headers).toEqual({});
    expect(on.edges.list()).toEqual([]);
  });

  it('is void after a new challenge', async () => {
    await on.edges.supply(way(), GIVEN);
    await on.challenge();
    expect(on.edges.find(way())?.clearance).toBeNull();
    await on.clock.advance(10_000);
    on.probe.end(ORIGIN, 'passed');
    await on.clock.advance(0);
    expect((await on.enter()).headers).toEqual({});
  });

  it('is not void because of a call that left before it came', async () => {
    const early = await on.enter();
    await on.challenge();
    await on.edges.supply(way(), GIVEN);
    await early.end(EVIDENCE);
    expect((await on.enter()).headers).toEqual({ 'cf-access-client-id': 'id.access' });
  });

  it('is forgotten with the challenge', async () => {
    await on.challenge();
    await on.edges.supply(way(), GIVEN);
    expect(await on.edges.forget(way())).toBe(true);
    expect(await on.edges.forget(way())).toBe(false);
    expect(await on.edges.forget(way('https://unknown.test'))).toBe(false);
    expect(on.edges.list()).toEqual([]);
    expect((await on.enter()).headers).toEqual({});
  });
});

describe('the desk', () => {
  it('is asked at a challenge, and what it gives counts', async () => {
    await on.challenge();
    expect(on.desk.asked).toMatchObject([{ origin: ORIGIN, reason: EVIDENCE.reason }]);
    on.desk.answer({ source: 'acme', headers: { 'x-pass': '1' } });
    await on.clock.advance(0);
    expect((await on.enter()).headers).toEqual({ 'x-pass': '1' });
    expect(on.edges.find(way())?.clearance?.source).toBe('acme');
  });

  it('is asked again after a on.probe, but never twice at once', async () => {
    await on.challenge();
    await on.clock.advance(10_000);
    on.probe.end(ORIGIN, 'challenged');
    await on.clock.advance(0);
    expect(on.desk.asked).toHaveLength(1);
    on.desk.answer(new Error('out of order'));
    await on.clock.advance(20_000);
    on.probe.end(ORIGIN, 'challenged');
    await on.clock.advance(0);
    expect(on.desk.asked).toHaveLength(2);
    on.desk.answer(null);
    await on.clock.advance(0);
    expect(on.conditionOf()).toBe('challenged');
  });

  it('is too late when the operator was faster', async () => {
    await on.challenge();
    await on.edges.supply(way(), GIVEN);
    on.desk.answer({ source: 'acme', headers: { 'x-pass': '1' } });
    await on.clock.advance(0);
    expect(on.edges.find(way())?.clearance?.source).toBe('operator');
  });
});
