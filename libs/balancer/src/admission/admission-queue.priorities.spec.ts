import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { one, QueueBench } from '../../testing/queue-bench.js';
import { PRIORITIES, type Priority, stepsOf } from './priority.js';

const HEAD_START_MS = 300_000;

describe('priorities in the AdmissionQueue', () => {
  const on = new QueueBench();
  const { open, enter, settle, release, served } = on;
  const enterAs = (holder: string, priority: Priority, force = false) =>
    enter(holder, {}, { priority, force });
  const busy = async (): Promise<void> => {
    await open(one('a'));
    enter('running');
    await settle();
  };
  /** Releases in turn until nobody waits, and tells who was served. */
  const serveAll = async (): Promise<readonly string[]> => {
    for (let count = 0; count < served().length; count += 1) await release(served()[count] ?? '');
    return served().slice(1);
  };

  it('are served the highest first, each first come, first served, whatever lane they wait in', async () => {
    await busy();
    enterAs('low 1', 'low');
    enterAs('normal 1', 'normal');
    enter('high 1', { tokenId: 'a' }, { priority: 'high' });
    enterAs('low 2', 'low');
    enterAs('high 2', 'high');
    enter('normal 2');
    expect(await serveAll()).toEqual(['high 1', 'high 2', 'normal 1', 'normal 2', 'low 1', 'low 2']);
  });

  it('show in positions, of who waits already too', async () => {
    await busy();
    const low = enterAs('low', 'low');
    const normal = enterAs('normal', 'normal');
    expect([low.position(), normal.position()]).toEqual([2, 1]);
    const high = enterAs('high', 'high');
    expect([low.position(), normal.position(), high.position()]).toEqual([3, 2, 1]);
    normal.cancel();
    expect([low.position(), high.position()]).toEqual([2, 1]);
  });

  it('take no lease from whom has one', async () => {
    await open(one('a'));
    enterAs('low', 'low');
    enterAs('high', 'high');
    await settle();
    expect(served()).toEqual(['low']);
    await release('low');
    expect(served()).toEqual(['low', 'high']);
  });

  it('are a head start: who came that much earlier is not overtaken', async () => {
    await busy();
    enterAs('low', 'low');
    await on.clock.advance(HEAD_START_MS - 1);
    enterAs('just in time', 'normal');
    await on.clock.advance(1);
    enterAs('too late', 'normal');
    await on.clock.advance(HEAD_START_MS - 1);
    enterAs('twice the head start', 'high');
    await on.clock.advance(1);
    enterAs('too late as well', 'high');
    expect(await serveAll()).toEqual([
      ...['just in time', 'twice the head start', 'low', 'too late', 'too late as well'],
    ]);
  });

  it('count anew for those who wait when the head start is changed', async () => {
    await busy();
    const low = enterAs('low', 'low');
    await on.clock.advance(1_000);
    const high = enterAs('high', 'high');
    on.queue.configure({ priorityHeadStartMs: 500 });
    expect([low.position(), high.position()]).toEqual([1, 2]);
    on.queue.configure({ priorityHeadStartMs: 501 });
    expect([low.position(), high.position()]).toEqual([2, 1]);
    on.queue.configure({ priorityHeadStartMs: 0 });
    expect(await serveAll()).toEqual(['low', 'high']);
  });

  it('have places of their own in the queue', async () => {
    await busy();
    for (let n = 1; n <= 5; n += 1) enterAs(`low ${String(n)}`, 'low');
    expect(() => enterAs('low 6', 'low')).toThrow(
      expect.objectContaining({
        code: 'queue_full',
        message: 'All 5 places of the queue for the priority "low" are taken. Try again later.',
        retryAfterMs: 700,
      }),
    );
    for (let n = 1; n <= 5; n += 1) enterAs(`high ${String(n)}`, 'high');
    expect(() => enterAs('high 6', 'high')).toThrow(expect.objectContaining({ code: 'queue_full' }));
    expect(enterAs('normal 1', 'normal').position()).toBe(6);
    enterAs('restored', 'low', true);
    const { waiting, priorities } = on.queue.stats();
    expect([waiting, ...PRIORITIES.map((each) => priorities[each].waiting)]).toEqual([12, 6, 1, 5]);
  });

  it('tell a refused caller when one of its own priority is served next, as far as that is known', async () => {
    await busy();
    for (let n = 1; n <= 5; n += 1) enterAs(`low ${String(n)}`, 'low');
    for (let n = 1; n <= 3; n += 1) enterAs(`high ${String(n)}`, 'high');
    for (const holder of ['running', 'high 1', 'high 2']) {
      await on.clock.advance(2_000);
      await release(holder);
    }
    for (let n = 4; n <= 8; n += 1) enterAs(`high ${String(n)}`, 'high');
    expect(() => enterAs('high 9', 'high')).toThrow(expect.objectContaining({ retryAfterMs: 2_000 }));
    expect(() => enterAs('low 6', 'low')).toThrow(expect.objectContaining({ retryAfterMs: 700 }));
  });

  it('are reckoned with in estimates: of who goes first now, and who comes and goes first', async () => {
    await busy();
    const low = enterAs('low', 'low', true);
    for (let n = 1; n <= 40; n += 1) {
      // Every 4 s one is served that came in the same time.
      enterAs(`high ${String(n)}`, 'high', true);
      await on.clock.advance(4_000);
      await release(n === 1 ? 'running' : `high ${String(n - 1)}`);
    }
    const high = enterAs('high 41', 'high', true);
    expect([high.position(), low.position()]).toEqual([1, 2]);
    expect(high.estimatedWaitMs()).toBe(4_000);
    const leftMs = low.asked.at + 2 * HEAD_START_MS - on.clock.monotonic();
    expect(low.estimatedWaitMs()).toBeGreaterThan(0.6 * leftMs);
    expect(low.estimatedWaitMs()).toBeLessThan(1.1 * leftMs + 8_000);
    const { priorities } = on.queue.stats();
    expect(priorities.high.estimatedWaitMs).toBe(8_000);
    expect(priorities.low.estimatedWaitMs ?? 0).toBeGreaterThan(low.estimatedWaitMs() ?? Infinity);
  });

  it('never let anybody wait for ever, however many of higher ones come', async () => {
    await busy();
    enterAs('low', 'low');
    let last = 'running';
    for (let n = 0; n * 10_000 < 4 * HEAD_START_MS && !served().includes('low'); n += 1) {
      // Twice as many come as are served.
      enterAs(`high ${String(n)}`, 'high', true);
      await on.clock.advance(5_000);
      enterAs(`normal ${String(n)}`, 'normal', true);
      await on.clock.advance(5_000);
      await release(last);
      last = served().at(-1) ?? '';
    }
    expect(served().at(-1)).toBe('low');
    // All of the higher ones that came within the head start before it, and none that came later.
    const [highs, normals] = ['high', 'normal'].map((name) =>
      served().filter((each) => each.startsWith(name)),
    );
    expect(highs?.length).toBe((2 * HEAD_START_MS) / 10_000);
    expect(normals?.length).toBe(HEAD_START_MS / 10_000);
  });

  const step = fc.oneof(
    fc.record({
      do: fc.constant('enter' as const),
      priority: fc.constantFrom(...PRIORITIES),
      lane: fc.constantFrom<object>({}, { tokenId: 'a' }),
    }),
    fc.record({ do: fc.constant('release' as const) }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: HEAD_START_MS }) }),
  );

  it('keep order, lose nobody and stay within their places under any sequence of events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        on.granted.clear();
        await open(one('a'));
        const asked: { readonly holder: string; readonly priority: Priority; readonly at: number }[] = [];
        const waiting = () => asked.filter(({ holder }) => !on.granted.has(holder));
        const current = (): string => served().at(-1) ?? '';
        for (const each of steps) {
          const before = served().length;
          const queued = waiting();
          const held = on.store.size;
          if (each.do === 'pass') await on.clock.advance(each.ms);
          else if (each.do === 'release') await release(current());
          else {
            const holder = `${each.priority} ${String(asked.length)}`;
            const places = queued.filter(({ priority }) => priority === each.priority).length;
            const come = () => enter(holder, each.lane, { priority: each.priority });
            if (places >= 5) expect(come).toThrow(expect.objectContaining({ code: 'queue_full' }));
            else {
              come();
              asked.push({ holder, priority: each.priority, at: on.clock.monotonic() });
            }
            await settle();
            if (held > 0) expect(served().length).toBe(before);
          }
          const [granted] = served().slice(before);
          const winner = queued.find(({ holder }) => holder === granted);
          if (winner === undefined) continue;
          const ahead = queued.slice(0, queued.indexOf(winner));
          // Nobody of its own priority, or a higher one, came before it.
          expect(ahead.filter(({ priority }) => stepsOf(priority) >= stepsOf(winner.priority))).toEqual([]);
          // Nobody of a lower priority came before it by the head start or more.
          const headStartMs = ({ priority }: { readonly priority: Priority }): number =>
            (stepsOf(winner.priority) - stepsOf(priority)) * HEAD_START_MS;
          expect(ahead.filter((other) => winner.at - other.at >= headStartMs(other))).toEqual([]);
          // Nobody of a higher priority, who came later by less than it, still waits.
          const behind = queued.slice(queued.indexOf(winner) + 1);
          expect(behind.filter((other) => other.at - winner.at < -headStartMs(other))).toEqual([]);
        }
        while (on.store.size > 0) await release(current());
        expect(waiting()).toEqual([]);
        await on.queue.onModuleDestroy();
      }),
      { numRuns: 150 },
    );
  });
});
