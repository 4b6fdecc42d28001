import { Logger } from '@nestjs/common';
import { ManualClock } from 'penstock/kernel/testing';
import type { PooledToken, TokenCache } from 'penstock/token-cache';
import { aToken, loadedTokenCache } from 'penstock/token-cache/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { aBalancer, aLeaseRequest } from '../../testing/index.js';
import type { Acquisition, Balancer } from '../balancer.js';
import type { Candidate, Selection } from '../ports/balancing-strategy.js';
import { RoundRobin } from '../strategies/round-robin.js';
import { nextTurn } from './next-turn.js';

const busy = (id: string): PooledToken => aToken({ id, coolingUntil: Number.MAX_SAFE_INTEGER });

/** Does not take in the token `b`. */
class Picky extends RoundRobin {
  override createSelection<C extends Candidate>(): Selection<C> {
    const selection = super.createSelection<C>();
    const add = selection.add.bind(selection);
    selection.add = (candidate) => {
      if (candidate.token.id === 'b') throw new Error('not this one');
      add(candidate);
    };
    return selection;
  }
}

describe('a pool that takes in one token at a time', () => {
  const clock = new ManualClock();
  let cache: TokenCache;
  let balancer: Balancer;
  let count = 0;

  beforeEach(() => vi.restoreAllMocks());
  afterEach(() => {
    balancer.onModuleDestroy();
  });

  const use = async (...tokens: PooledToken[]): Promise<void> => {
    cache = await loadedTokenCache(clock, tokens);
    balancer = aBalancer({ cache, clock, strategy: new Picky(), sliceSize: 1 });
  };
  const acquire = (changes: Parameters<typeof aLeaseRequest>[0] = {}): Acquisition | Promise<Acquisition> =>
    balancer.acquire(aLeaseRequest({ holder: `holder-${++count}`, ...changes }));
  const idOf = (acquisition: Acquisition): string =>
    acquisition.outcome === 'acquired' ? acquisition.lease.tokenId : acquisition.outcome;

  it('gives what is ready of those that it has, at once', async () => {
    await use(aToken({ id: 'a' }), aToken({ id: 'c' }));
    const first = acquire();
    expect(first).toMatchObject({ outcome: 'acquired', lease: { tokenId: 'a' } });
    await nextTurn();
    expect(idOf(await acquire())).toBe('c');
  });

  it('waits for those that it has not', async () => {
    await use(busy('a'), busy('c'), aToken({ id: 'd' }));
    const acquiring = acquire();
    expect(acquiring).toBeInstanceOf(Promise);
    expect(idOf(await acquiring)).toBe('d');
  });

  it('says that all are busy once it has all', async () => {
    await use(busy('a'), busy('c'), busy('d'));
    expect(idOf(await acquire())).toBe('busy');
    expect(acquire()).toEqual({ outcome: 'busy' });
  });

  it('says at once that none is usable', async () => {
    await use(aToken({ id: 'a', enabled: false }), aToken({ id: 'c', limits: { video: 0 } }));
    expect(acquire()).toEqual({ outcome: 'unservable' });
    expect(balancer.isServable(aLeaseRequest())).toBe(false);
    expect(balancer.isServable(aLeaseRequest({ kind: 'image' }))).toBe(true);
  });

  it('knows which of those that it has not are excluded', async () => {
    await use(aToken({ id: 'a', enabled: false }), aToken({ id: 'c' }));
    expect(acquire({ excluded: new Set(['c']) })).toEqual({ outcome: 'unservable' });
    expect(idOf(await acquire({ excluded: new Set(['a']) }))).toBe('c');
  });

  it('keeps tokens of weight 0 back until it knows that there are no others', async () => {
    await use(aToken({ id: 'a', weight: 0 }), aToken({ id: 'c', weight: 0 }), aToken({ id: 'd' }));
    expect(idOf(await acquire())).toBe('d');
    await use(aToken({ id: 'a', weight: 0 }), busy('c'));
    expect(idOf(await acquire())).toBe('a');
  });

  it('has what was put, changed and removed meanwhile', async () => {
    await use(busy('a'), busy('c'), aToken({ id: 'd' }), busy('e'));
    const acquiring = acquire();
    cache.remove('d');
    cache.put(aToken({ id: 'e', version: 2 }));
    cache.put(aToken({ id: 'f' }));
    expect(idOf(await acquiring)).toBe('f');
    await nextTurn();
    await nextTurn();
    await nextTurn();
    expect(idOf(await acquire())).toBe('e');
  });

  it('begins anew when the settings change', async () => {
    await use(busy('a'), busy('c'), aToken({ id: 'd', quotaGroup: 'org' }));
    const acquiring = acquire();
    const limits = { groups: { org: { limits: { video: 1 } } } };
    balancer.configure({ strategies: { default: 'the only one' }, limits });
    expect(idOf(await acquiring)).toBe('d');
    expect(idOf(await acquire())).toBe('busy');
  });

  it('goes on behind a token that the strategy fails for', async () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await use(busy('a'), aToken({ id: 'b' }), aToken({ id: 'c' }));
    expect(idOf(await acquire())).toBe('c');
    expect(log).toHaveBeenCalledOnce();
  });
});
