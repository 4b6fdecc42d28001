import type { LeaseBound, LeaseBounds, LeaseClaim, LeaseStore } from 'penstock/balancer';
import type { ManualClock } from 'penstock/kernel/testing';
import { beforeEach, describe, expect, it } from 'vitest';

/** A store with the clock that it goes by. */
export interface LeaseStoreHarness {
  readonly store: LeaseStore;
  readonly clock: ManualClock;
}

const claim = (changes: Partial<LeaseClaim> = {}): LeaseClaim => ({
  holder: 'holder',
  tokenId: 'token',
  kind: 'video',
  group: null,
  provider: null,
  ...changes,
});
const free: LeaseBound = { atOnce: Infinity, perMinute: Infinity };
const bounds = (changes: Partial<Record<keyof LeaseBounds, Partial<LeaseBound>>> = {}): LeaseBounds => ({
  token: { ...free, ...changes.token },
  group: { ...free, ...changes.group },
  provider: { ...free, ...changes.provider },
});
const atOnce = (most: number): LeaseBounds => bounds({ token: { atOnce: most } });
const perMinute = (most: number): LeaseBounds => bounds({ token: { perMinute: most } });

/** What every {@link LeaseStore} keeps to. `make` gives one without leases. */
export function describeLeaseStore(
  name: string,
  make: () => LeaseStoreHarness | Promise<LeaseStoreHarness>,
): void {
  describe(`${name} as a LeaseStore`, () => {
    let store: LeaseStore;
    let clock: ManualClock;
    beforeEach(async () => {
      ({ store, clock } = await make());
    });
    const reserve = async (of: Partial<LeaseClaim>, within: LeaseBounds): Promise<boolean> =>
      store.reserve(claim(of), within);
    const adopt = async (of: Partial<LeaseClaim>, within = bounds(), ageMs = 0): Promise<void> =>
      store.adopt(claim(of), within, ageMs);
    const release = async (of: Partial<LeaseClaim> = {}): Promise<boolean> => store.release(claim(of));

    describe('limits', () => {
      it('grants up to the limit, and again after a release', async () => {
        expect(await reserve({ holder: '1' }, atOnce(2))).toBe(true);
        expect(await reserve({ holder: '2' }, atOnce(2))).toBe(true);
        expect(await reserve({ holder: '3' }, atOnce(2))).toBe(false);
        expect(await release({ holder: '1' })).toBe(true);
        expect(await reserve({ holder: '3' }, atOnce(2))).toBe(true);
        expect(store.inFlight('token', 'token', 'video')).toBe(2);
      });

      it('never passes the limit, however many ask at once', async () => {
        const holders = Array.from({ length: 50 }, (_, index) => `holder-${index}`);
        const granted = await Promise.all(holders.map((holder) => reserve({ holder }, atOnce(7))));
        expect(granted.filter(Boolean)).toHaveLength(7);
        expect(store.size).toBe(7);
      });

      it('knows no limit with Infinity, and grants nothing with 0', async () => {
        expect(await reserve({ holder: 'a' }, bounds())).toBe(true);
        expect(await reserve({ holder: 'b', tokenId: 'other' }, atOnce(0))).toBe(false);
      });

      it('counts tokens and kinds apart', async () => {
        await reserve({ holder: 'a' }, atOnce(1));
        expect(await reserve({ holder: 'b', kind: 'image' }, atOnce(1))).toBe(true);
        expect(await reserve({ holder: 'c', tokenId: 'other' }, atOnce(1))).toBe(true);
        expect(store.inFlight('token', 'token', 'video')).toBe(1);
        expect(store.inFlight('token', 'token')).toBe(2);
        expect(store.inFlight('token', 'other')).toBe(1);
        expect(store.inFlight('token', 'unknown')).toBe(0);
        expect(store.inFlight('token', 'unknown', 'video')).toBe(0);
      });

      it.each(['group', 'provider'] as const)('shares the limit of a %s among its tokens', async (scope) => {
        const within = bounds({ [scope]: { atOnce: 2 } });
        const of = (holder: string, tokenId: string, name: string): Promise<boolean> =>
          reserve({ holder, tokenId, [scope]: name }, within);
        expect(await of('1', 'a', 'shared')).toBe(true);
        expect(await of('2', 'b', 'shared')).toBe(true);
        expect(await of('3', 'c', 'shared')).toBe(false);
        expect(await of('4', 'c', 'other')).toBe(true);
        expect(store.inFlight(scope, 'shared', 'video')).toBe(2);
        expect(store.inFlight('token', 'c', 'video')).toBe(1);
        await release({ holder: '1', tokenId: 'a' });
        expect(await of('3', 'c', 'shared')).toBe(true);
      });

      it('changes nothing when any of the limits is reached', async () => {
        await reserve({ holder: '1', tokenId: 'a', group: 'g', provider: 'p' }, bounds());
        const refused = { holder: '2', tokenId: 'b', group: 'g', provider: 'p' };
        expect(await reserve(refused, bounds({ provider: { atOnce: 1 } }))).toBe(false);
        expect(await reserve(refused, bounds({ group: { atOnce: 1 } }))).toBe(false);
        expect([
          store.inFlight('token', 'b'),
          store.inFlight('group', 'g'),
          store.inFlight('provider', 'p'),
        ]).toEqual([0, 1, 1]);
        expect(await reserve(refused, bounds())).toBe(true);
      });
    });

    describe('rates', () => {
      it('lets so many begin within any 60 seconds, whether they ended or not', async () => {
        expect(await reserve({ holder: '1' }, perMinute(2))).toBe(true);
        await release({ holder: '1' });
        await clock.advance(20_000);
        expect(await reserve({ holder: '2' }, perMinute(2))).toBe(true);
        expect(await reserve({ holder: '3' }, perMinute(2))).toBe(false);
        expect(store.freeAt('token', 'token', 2)).toBe(60_000);
        await clock.advance(39_999);
        expect(await reserve({ holder: '3' }, perMinute(2))).toBe(false);
        await clock.advance(1);
        expect(await reserve({ holder: '3' }, perMinute(2))).toBe(true);
        expect(store.freeAt('token', 'token', 2)).toBe(80_000);
        expect(store.freeAt('token', 'token', 3)).toBeLessThanOrEqual(clock.monotonic());
      });

      it('does not count what was refused, nor tokens without a rate', async () => {
        await reserve({ holder: '1' }, bounds({ token: { atOnce: 1, perMinute: 2 } }));
        expect(await reserve({ holder: '2' }, bounds({ token: { atOnce: 1, perMinute: 2 } }))).toBe(false);
        await release({ holder: '1' });
        expect(await reserve({ holder: '2' }, perMinute(2))).toBe(true);
        expect(store.freeAt('token', 'unknown', 1)).toBeLessThanOrEqual(clock.monotonic());
      });

      it('shares the rate of a group, over all kinds', async () => {
        const within = bounds({ group: { perMinute: 2 } });
        expect(await reserve({ holder: '1', tokenId: 'a', group: 'g' }, within)).toBe(true);
        expect(await reserve({ holder: '2', tokenId: 'b', group: 'g', kind: 'image' }, within)).toBe(true);
        expect(await reserve({ holder: '3', tokenId: 'c', group: 'g' }, within)).toBe(false);
        expect(await reserve({ holder: '3', tokenId: 'c', group: 'other' }, within)).toBe(true);
      });

      it('is not misled by a wall clock that jumps', async () => {
        await reserve({ holder: '1' }, perMinute(1));
        clock.jump(3_600_000);
        expect(await reserve({ holder: '2' }, perMinute(1))).toBe(false);
        clock.jump(-7_200_000);
        await clock.advance(60_000);
        expect(await reserve({ holder: '2' }, perMinute(1))).toBe(true);
      });

      it('counts what it adopts from when it was begun', async () => {
        await adopt({ holder: 'young' }, perMinute(2), 10_000);
        await adopt({ holder: 'younger' }, perMinute(2), 5_000);
        await adopt({ holder: 'old' }, perMinute(2), 60_000);
        expect(await reserve({ holder: '1' }, perMinute(2))).toBe(false);
        expect(store.freeAt('token', 'token', 2)).toBe(50_000);
      });
    });

    describe('leases', () => {
      it('gives a holder one lease only, and leaves that one alone', async () => {
        await reserve({}, atOnce(5));
        await expect(reserve({ tokenId: 'other' }, atOnce(5))).rejects.toMatchObject({
          code: 'lease_held',
          category: 'conflict',
        });
        await expect(reserve({}, atOnce(5))).rejects.toMatchObject({ code: 'lease_held' });
        expect([store.inFlight('token', 'token'), store.inFlight('token', 'other'), store.size]).toEqual([
          1, 0, 1,
        ]);
      });

      it('adopts past the limit, and counts what it adopted', async () => {
        await reserve({ holder: 'a', group: 'g' }, atOnce(1));
        await adopt({ holder: 'b', group: 'g' }, atOnce(1));
        expect(store.inFlight('token', 'token', 'video')).toBe(2);
        expect(store.inFlight('group', 'g', 'video')).toBe(2);
        await release({ holder: 'a' });
        expect(await reserve({ holder: 'c' }, atOnce(1))).toBe(false);
      });

      it('adopts the same lease once, and no second one', async () => {
        await adopt({});
        await adopt({});
        expect(store.inFlight('token', 'token')).toBe(1);
        await expect(adopt({ kind: 'image' })).rejects.toMatchObject({ code: 'lease_held' });
        await expect(adopt({ tokenId: 'other' })).rejects.toMatchObject({ code: 'lease_held' });
        expect(store.size).toBe(1);
      });

      it('releases a lease once, and nothing but that very lease', async () => {
        await reserve({}, atOnce(1));
        expect(await release({ holder: 'somebody else' })).toBe(false);
        expect(await release({ tokenId: 'other' })).toBe(false);
        expect(await release({ kind: 'image' })).toBe(false);
        expect(await Promise.all([release(), release()])).toEqual(expect.arrayContaining([true, false]));
        expect([store.inFlight('token', 'token'), store.size]).toEqual([0, 0]);
      });

      it('gives back what was taken, also when the token has moved to another group since', async () => {
        await reserve({ group: 'old', provider: 'p' }, bounds());
        expect(await release({ group: 'new', provider: 'p' })).toBe(true);
        expect([store.inFlight('group', 'old'), store.inFlight('group', 'new')]).toEqual([0, 0]);
        expect(store.inFlight('provider', 'p')).toBe(0);
      });
    });

    describe('listeners', () => {
      it('hear of every scope of a change once the whole of it can be seen, and of nothing else', async () => {
        const seen: unknown[] = [];
        store.onChange((scope, name) =>
          seen.push([scope, name, store.inFlight('token', 'token'), store.inFlight('group', 'g')]),
        );
        const whole = (count: number): unknown[] => [
          ['token', 'token', count, count],
          ['group', 'g', count, count],
          ['provider', 'p', count, count],
        ];
        await reserve({ group: 'g', provider: 'p' }, atOnce(1));
        await reserve({ holder: 'refused', group: 'g', provider: 'p' }, atOnce(1));
        expect(seen.splice(0)).toEqual(whole(1));
        await release();
        await release();
        expect(seen.splice(0)).toEqual(whole(0));
        await adopt({ group: 'g', provider: 'p' });
        expect(seen).toEqual(whole(1));
      });

      it('hear nothing more when they are told so', async () => {
        const seen: string[] = [];
        const stop = store.onChange((_, name) => seen.push(name));
        stop();
        await adopt({});
        await release();
        expect(seen).toEqual([]);
      });
    });
  });
}
