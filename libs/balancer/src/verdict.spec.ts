import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../testing/index.js';
import { explain, isServable, limitOf, summarise } from './verdict.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('limitOf', () => {
  it.each([
    [{}, Infinity],
    [{ video: -1 }, Infinity],
    [{ image: 1 }, Infinity],
    [{ video: 0 }, 0],
    [{ video: 3 }, 3],
  ])('reads %o as %s for videos', (limits, limit) => {
    expect(limitOf(aToken({ limits }), 'video')).toBe(limit);
  });

  it('is not fooled by kinds that are named like methods of objects', () => {
    expect(limitOf(aToken(), 'constructor')).toBe(Infinity);
  });
});

describe('explain', () => {
  const verdictOn = (
    changes: Parameters<typeof aToken>[0],
    request: Parameters<typeof aLeaseRequest>[0] = {},
    inFlight = 0,
  ): [string, string, number | null] => {
    const token = aToken({ id: 't', ...changes });
    const { verdict, detail, until } = explain({
      token,
      request: aLeaseRequest(request),
      inFlight,
      now: NOW,
    });
    return [verdict, detail, until];
  };

  it.each([
    [{}, 'ready', 'ready 2, no limit'],
    [{ limits: { video: 3 } }, 'ready', 'ready 2/3'],
    [{ limits: { video: 2 } }, 'busy', 'busy 2/2'],
    [{ limits: { video: 1 } }, 'busy', 'busy 2/1'],
    [{ limits: { video: 0 } }, 'disabled', 'limit of 0 for video'],
    [{ enabled: false }, 'disabled', 'disabled'],
    [{ enabled: false, disabledReason: '3 errors' }, 'disabled', 'disabled: 3 errors'],
    [{ expiresAt: NOW }, 'expired', 'expired since 2026-01-02T03:04:05.000Z'],
    [{ expiresAt: NOW + 1 }, 'ready', 'ready 2, no limit'],
    [{ coolingUntil: NOW }, 'ready', 'ready 2, no limit'],
  ])('says of %o: %s', (changes, verdict, detail) => {
    expect(verdictOn(changes, {}, 2)).toEqual([verdict, detail, null]);
  });

  it('says until when a token cools, and why', () => {
    const coolingUntil = NOW + 1_500;
    expect(verdictOn({ coolingUntil })).toEqual(['cooling', 'cooling for 2 s', coolingUntil]);
    expect(verdictOn({ coolingUntil, coolingReason: 'rate limited' })[1]).toBe(
      'cooling for 2 s: rate limited',
    );
  });

  it('puts what concerns the request before what concerns the token', () => {
    const off = { enabled: false };
    expect(verdictOn(off, { excluded: new Set(['t']) })[0]).toBe('excluded');
    expect(verdictOn(off, { excluded: new Set(['t']), tokenId: 'u' })).toEqual([
      'not_pinned',
      'the request is bound to token u',
      null,
    ]);
    expect(verdictOn(off, { tokenId: 't' })[0]).toBe('disabled');
  });

  it('puts lasting reasons before passing ones', () => {
    const all = { enabled: false, expiresAt: NOW - 1, coolingUntil: NOW + 1, limits: { video: 1 } };
    expect(verdictOn(all, {}, 1)[0]).toBe('disabled');
    expect(verdictOn({ ...all, enabled: true }, {}, 1)[0]).toBe('expired');
    expect(verdictOn({ ...all, enabled: true, expiresAt: null }, {}, 1)[0]).toBe('cooling');
  });
});

describe('isServable', () => {
  it('is what passes by itself', () => {
    expect((['ready', 'busy', 'cooling'] as const).every(isServable)).toBe(true);
    expect((['disabled', 'expired', 'excluded', 'not_pinned'] as const).some(isServable)).toBe(false);
  });
});

describe('summarise', () => {
  it('counts each verdict', () => {
    const request = aLeaseRequest({ excluded: new Set(['c']) });
    const tokens = [
      aToken({ id: 'a', enabled: false }),
      aToken({ id: 'b', enabled: false }),
      aToken({ id: 'c' }),
    ];
    const verdicts = tokens.map((token) => explain({ token, request, inFlight: 0, now: NOW }));
    expect(summarise(verdicts)).toBe('2 disabled, 1 excluded');
  });
});
