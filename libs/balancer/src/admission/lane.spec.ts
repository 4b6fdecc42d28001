import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../../testing/index.js';
import { Lane } from './lane.js';
import { laneKey, Waiter } from './waiter.js';

let order = 0;
const place = { positionOf: () => null, cancel: () => undefined };
const waiter = (front = false): Waiter =>
  new Waiter({ request: aLeaseRequest(), place, front, order: order++, since: 0 });

describe('laneKey', () => {
  it('is the same for requests that the same tokens can serve', () => {
    const one = aLeaseRequest({
      holder: '1',
      model: 'x',
      providers: ['a', 'b'],
      excluded: new Set(['c', 'd']),
    });
    const other = aLeaseRequest({
      holder: '2',
      model: 'y',
      providers: ['b', 'a'],
      excluded: new Set(['d', 'c']),
    });
    expect(laneKey(one)).toBe(laneKey(other));
  });

  it('differs otherwise', () => {
    const changes = [
      {},
      { kind: 'image' },
      { providers: ['b'] },
      { tokenId: 't' },
      { excluded: new Set(['t']) },
    ];
    expect(new Set(changes.map((each) => laneKey(aLeaseRequest(each)))).size).toBe(changes.length);
  });
});

describe('Lane', () => {
  it('serves those in front first, each group in its order', () => {
    const lane = new Lane(aLeaseRequest());
    const [first, second, urgent, next] = [waiter(), waiter(), waiter(true), waiter(true)];
    for (const each of [first, second, urgent, next]) lane.add(each);
    expect([...lane.waiters()]).toEqual([urgent, next, first, second]);
    expect([urgent, next, first, second].map((each) => lane.positionOf(each))).toEqual([1, 2, 3, 4]);
    expect(lane.head).toBe(urgent);
    lane.remove(urgent);
    lane.remove(first);
    expect([urgent, next, first, second].map((each) => lane.positionOf(each))).toEqual([null, 1, null, 2]);
    expect(lane.size).toBe(2);
    lane.remove(next);
    expect(lane.head).toBe(second);
    lane.remove(second);
    expect(lane.head).toBeUndefined();
  });

  it('knows which tokens could serve it', () => {
    const request = aLeaseRequest({ excluded: new Set(['failed']) });
    expect(new Lane(request).mayUse(aToken({ id: 'any' }))).toBe(true);
    expect(new Lane(request).mayUse(aToken({ id: 'failed' }))).toBe(false);
    expect(new Lane(request).mayUse(aToken({ provider: 'other' }))).toBe(false);
    const pinned = new Lane(aLeaseRequest({ tokenId: 'pin' }));
    expect([pinned.mayUse(aToken({ id: 'pin' })), pinned.mayUse(aToken({ id: 'any' }))]).toEqual([
      true,
      false,
    ]);
  });

  it('begins awake, and tries everything once', () => {
    const lane = new Lane(aLeaseRequest());
    lane.wake('a');
    expect([lane.awake, lane.takeTarget(), lane.awake]).toEqual([true, null, false]);
  });

  it('tries each token that woke it once, and is woken again by what happens meanwhile', () => {
    const lane = new Lane(aLeaseRequest());
    lane.takeTarget();
    for (const id of ['a', 'b', 'a']) lane.wake(id);
    expect(lane.takeTarget()).toBe('a');
    lane.wake('a');
    expect([lane.takeTarget(), lane.takeTarget(), lane.awake]).toEqual(['b', 'a', false]);
  });

  it('tries everything instead of single tokens when told to', () => {
    const lane = new Lane(aLeaseRequest());
    lane.takeTarget();
    lane.wake('a');
    lane.wake(null);
    expect([lane.takeTarget(), lane.awake]).toEqual([null, false]);
  });
});
