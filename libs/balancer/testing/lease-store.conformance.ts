import type { LeaseClaim, LeaseStore } from 'penstock/balancer';
import { beforeEach, describe, expect, it } from 'vitest';

const claim = (changes: Partial<LeaseClaim> = {}): LeaseClaim => ({
  holder: 'holder',
  tokenId: 'token',
  kind: 'video',
  ...changes,
});

/** What every {@link LeaseStore} keeps to. `make` gives one without leases. */
export function describeLeaseStore(name: string, make: () => LeaseStore | Promise<LeaseStore>): void {
  describe(`${name} as a LeaseStore`, () => {
    let store: LeaseStore;
    beforeEach(async () => {
      store = await make();
    });

    it('grants up to the limit, and again after a release', async () => {
      const [first, second, third] = ['1', '2', '3'].map((holder) => claim({ holder }));
      expect(await store.reserve(first ?? claim(), 2)).toBe(true);
      expect(await store.reserve(second ?? claim(), 2)).toBe(true);
      expect(await store.reserve(third ?? claim(), 2)).toBe(false);
      expect(await store.release(first ?? claim())).toBe(true);
      expect(await store.reserve(third ?? claim(), 2)).toBe(true);
      expect(store.inFlight('token', 'video')).toBe(2);
    });

    it('never passes the limit, however many ask at once', async () => {
      const holders = Array.from({ length: 50 }, (_, index) => `holder-${index}`);
      const granted = await Promise.all(holders.map((holder) => store.reserve(claim({ holder }), 7)));
      expect(granted.filter(Boolean)).toHaveLength(7);
      expect(store.size).toBe(7);
    });

    it('knows no limit with Infinity, and grants nothing with 0', async () => {
      expect(await store.reserve(claim({ holder: 'a' }), Infinity)).toBe(true);
      expect(await store.reserve(claim({ holder: 'b', tokenId: 'other' }), 0)).toBe(false);
    });

    it('counts tokens and kinds apart', async () => {
      await store.reserve(claim({ holder: 'a' }), 1);
      expect(await store.reserve(claim({ holder: 'b', kind: 'image' }), 1)).toBe(true);
      expect(await store.reserve(claim({ holder: 'c', tokenId: 'other' }), 1)).toBe(true);
      expect(store.inFlight('token', 'video')).toBe(1);
      expect(store.inFlight('token')).toBe(2);
      expect(store.inFlight('other')).toBe(1);
      expect(store.inFlight('unknown')).toBe(0);
      expect(store.inFlight('unknown', 'video')).toBe(0);
    });

    it('gives a holder one lease only, and leaves that one alone', async () => {
      await store.reserve(claim(), 5);
      await expect(store.reserve(claim({ tokenId: 'other' }), 5)).rejects.toMatchObject({
        code: 'lease_held',
        category: 'conflict',
      });
      await expect(store.reserve(claim(), 5)).rejects.toMatchObject({ code: 'lease_held' });
      expect([store.inFlight('token'), store.inFlight('other'), store.size]).toEqual([1, 0, 1]);
    });

    it('adopts past the limit, and counts what it adopted', async () => {
      await store.reserve(claim({ holder: 'a' }), 1);
      await store.adopt(claim({ holder: 'b' }));
      expect(store.inFlight('token', 'video')).toBe(2);
      await store.release(claim({ holder: 'a' }));
      expect(await store.reserve(claim({ holder: 'c' }), 1)).toBe(false);
    });

    it('adopts the same lease once, and no second one', async () => {
      await store.adopt(claim());
      await store.adopt(claim());
      expect(store.inFlight('token')).toBe(1);
      await expect(store.adopt(claim({ kind: 'image' }))).rejects.toMatchObject({ code: 'lease_held' });
      await expect(store.adopt(claim({ tokenId: 'other' }))).rejects.toMatchObject({ code: 'lease_held' });
      expect(store.size).toBe(1);
    });

    it('releases a lease once, and nothing but that very lease', async () => {
      await store.reserve(claim(), 1);
      expect(await store.release(claim({ holder: 'somebody else' }))).toBe(false);
      expect(await store.release(claim({ tokenId: 'other' }))).toBe(false);
      expect(await store.release(claim({ kind: 'image' }))).toBe(false);
      expect(await Promise.all([store.release(claim()), store.release(claim())])).toEqual(
        expect.arrayContaining([true, false]),
      );
      expect(store.inFlight('token')).toBe(0);
      expect(store.size).toBe(0);
    });

    it('tells of a release when the room can be seen, and of nothing else', async () => {
      const seen: [string, number][] = [];
      store.onRelease((tokenId) => seen.push([tokenId, store.inFlight(tokenId)]));
      await store.reserve(claim(), 1);
      await store.reserve(claim({ holder: 'refused' }), 1);
      expect(seen).toEqual([]);
      await store.release(claim());
      await store.release(claim());
      expect(seen).toEqual([['token', 0]]);
    });

    it('stops telling when told to', async () => {
      const seen: string[] = [];
      const stop = store.onRelease((tokenId) => seen.push(tokenId));
      stop();
      await store.adopt(claim());
      await store.release(claim());
      expect(seen).toEqual([]);
    });
  });
}
