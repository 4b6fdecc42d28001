import { describe, expect, it } from 'vitest';

import { edgeWorld, EVIDENCE, GIVEN, ORIGIN, way } from '../../testing/edge-world.js';

const on = edgeWorld();

describe('probes', () => {
  it('come one at a time, at pauses that grow up to the longest', async () => {
    await on.challenge();
    const pauses: number[] = [];
    for (const pause of [10_000, 20_000, 40_000, 40_000]) {
      await on.clock.advance(pause - 1);
      const before = on.probe.asked.length;
      await on.clock.advance(1);
      expect(on.probe.asked).toHaveLength(before + 1);
      expect(on.edges.find(way())?.probing).toBe(true);
      await expect(on.enter()).rejects.toMatchObject({ retryAfterMs: 1_000 });
      on.probe.end(ORIGIN, pause === 20_000 ? new Error('broken') : 'challenged');
      await on.clock.advance(0);
      pauses.push(pause);
    }
    expect(pauses).toHaveLength(4);
    expect(on.conditionOf()).toBe('challenged');
  });

  it('that stays without an answer keeps the edge shut', async () => {
    await on.challenge();
    await on.clock.advance(10_000);
    on.probe.end(ORIGIN, 'inconclusive');
    await on.clock.advance(0);
    expect(on.conditionOf()).toBe('challenged');
  });

  it('that passes lets one call go first, and all others after it', async () => {
    await on.challenge();
    await on.clock.advance(10_000);
    on.probe.end(ORIGIN, 'passed');
    await on.clock.advance(0);
    expect(on.conditionOf()).toBe('half_open');
    expect(on.edges.challengedUntil(way())).toBeNull();
    const first = await on.enter();
    let passed = 0;
    const others = [1, 2, 3].map(() => on.enter().then(() => (passed += 1)));
    await on.clock.advance(60_000);
    expect(passed).toBe(0);
    await first.end('passed');
    await Promise.all(others);
    expect(passed).toBe(3);
    expect(on.conditionOf()).toBe('clear');
  });

  it('that passes, followed by another challenge, shuts it again for longer, and who waited is told', async () => {
    await on.challenge();
    await on.clock.advance(10_000);
    on.probe.end(ORIGIN, 'passed');
    await on.clock.advance(0);
    const first = await on.enter();
    const others = Promise.allSettled([on.enter(), on.enter()]);
    await first.end(EVIDENCE);
    expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(on.enter()).rejects.toMatchObject({ retryAfterMs: 20_000 });
  });

  it('whose first call gets no answer lets the next one go instead', async () => {
    await on.challenge();
    await on.clock.advance(10_000);
    on.probe.end(ORIGIN, 'passed');
    await on.clock.advance(0);
    const first = await on.enter();
    const second = on.enter();
    const third = on.enter();
    await first.end('unknown');
    await (await second).end('passed');
    expect((await third).headers).toEqual({});
  });

  it('begin with short pauses again when it was clear for long', async () => {
    await on.challenge();
    await on.clock.advance(10_000);
    on.probe.end(ORIGIN, 'passed');
    await on.clock.advance(0);
    await (await on.enter()).end('passed');
    await on.clock.advance(30_000);
    await on.challenge();
    await expect(on.enter()).rejects.toMatchObject({ retryAfterMs: 10_000 });
  });

  it('stay one at a time when it is cleared and challenges again meanwhile', async () => {
    await on.challenge();
    await on.clock.advance(10_000);
    await on.edges.supply(way(), GIVEN);
    await on.challenge();
    await on.clock.advance(60_000);
    expect(on.probe.asked).toHaveLength(1);
    // What the old one finds is out of date, and the next one begins.
    on.probe.end(ORIGIN, 'passed');
    await on.clock.advance(0);
    expect(on.conditionOf()).toBe('challenged');
    expect(on.probe.asked).toHaveLength(2);
  });

  it('take options over', async () => {
    on.edges.configure({ probePauseMs: 500 });
    await on.challenge();
    await on.clock.advance(500);
    expect(on.probe.asked).toHaveLength(1);
    expect(() => {
      on.edges.configure({ probePauseMs: 0 });
    }).toThrow('probePauseMs must be an integer >= 1, got 0');
  });
});
