import { aToken } from 'penstock/token-cache/testing';
import { describe, expect, it } from 'vitest';

import { aLeaseRequest } from '../testing/index.js';
import { type LeaseBounds, NO_BOUND } from './lease.js';
import { limitOf } from './limits.js';
import { type Examination, explain, summarise, type TokenVerdict } from './verdict.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const used = (inFlight: number, freeAt = -Infinity): Examination['use']['token'] => ({ inFlight, freeAt });
const UNUSED = { token: used(0), group: used(0), provider: used(0) };

function judge(
  changes: Parameters<typeof aToken>[0],
  request: Parameters<typeof aLeaseRequest>[0] = {},
  examination: {
    readonly use?: Examination['use'];
    readonly bounds?: Partial<LeaseBounds>;
    readonly edgeUntil?: number;
  } = {},
): TokenVerdict {
  const token = aToken({ id: 't', ...changes });
  const ofToken = { atOnce: limitOf(token.limits, 'video'), perMinute: Infinity };
  const bounds = { token: ofToken, group: NO_BOUND, provider: NO_BOUND, ...examination.bounds };
  return explain({
    token,
    request: aLeaseRequest(request),
    bounds,
    use: examination.use ?? UNUSED,
    edgeUntil: examination.edgeUntil ?? null,
    now: NOW,
  });
}

describe('explain', () => {
  const verdictOn = (
    changes: Parameters<typeof aToken>[0],
    request: Parameters<typeof aLeaseRequest>[0] = {},
    inFlight = 0,
  ): [string, string, number | null] => {
    const { verdict, detail, until } = judge(changes, request, { use: { ...UNUSED, token: used(inFlight) } });
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

  it('says when a challenging edge is tried next, also when that is now', () => {
    const seen = {
      verdict: 'edge_challenged',
      detail:
        'no way to the upstream (edge challenged or proxy down), tried again at 2026-01-02T03:04:05.000Z',
    };
    expect(judge({}, {}, { edgeUntil: NOW })).toMatchObject({ ...seen, until: NOW });
    expect(judge({ coolingUntil: NOW + 1 }, {}, { edgeUntil: NOW }).verdict).toBe('cooling');
    expect(judge({ enabled: false }, {}, { edgeUntil: NOW }).verdict).toBe('disabled');
  });

  it('says until when a token cools, and why', () => {
    const coolingUntil = NOW + 1_500;
    const time = '2026-01-02T03:04:06.500Z';
    expect(verdictOn({ coolingUntil })).toEqual(['cooling', `cooling until ${time}`, coolingUntil]);
    expect(verdictOn({ coolingUntil, coolingReason: 'too many requests' })[1]).toBe(
      `cooling until ${time}: too many requests`,
    );
  });

  it('says that a quota is used up, until it is filled again', () => {
    const quotaResetsAt = NOW + 1_000;
    expect(verdictOn({ quotaRemaining: 0, quotaResetsAt })).toEqual([
      'exhausted',
      'exhausted until 2026-01-02T03:04:06.000Z',
      quotaResetsAt,
    ]);
    expect(verdictOn({ quotaRemaining: -1 })).toEqual(['exhausted', 'no quota left', null]);
    expect(verdictOn({ quotaRemaining: 0, quotaResetsAt: NOW })[0]).toBe('ready');
    expect(verdictOn({ quotaRemaining: 1, quotaResetsAt })[0]).toBe('ready');
  });

  it('says until when a rate holds it back, its own or a shared one', () => {
    const until = NOW + 30_000;
    const expected = {
      verdict: 'rate_limited',
      detail: 'rate limited until 2026-01-02T03:04:35.000Z',
      until,
    };
    for (const scope of ['token', 'group', 'provider'] as const) {
      expect(judge({}, {}, { use: { ...UNUSED, [scope]: used(0, until) } })).toMatchObject(expected);
    }
  });

  it('says which shared limit is reached', () => {
    const token = { quotaGroup: 'org', limits: { video: 9 } };
    const use = { token: used(1), group: used(3), provider: used(7) };
    const of = (bounds: Partial<LeaseBounds>): [string, string] => {
      const { verdict, detail } = judge(token, {}, { use, bounds });
      return [verdict, detail];
    };
    const full = (atOnce: number): LeaseBounds['group'] => ({ atOnce, perMinute: Infinity });
    expect(of({ group: full(3) })).toEqual(['group_busy', 'group org busy 3/3']);
    expect(of({ provider: full(7) })).toEqual(['provider_busy', 'provider acme busy 7/7']);
    expect(of({ group: full(4), provider: full(8) })).toEqual(['ready', 'ready 1/9']);
  });

  it('says that its provider does not have the model', () => {
    expect(verdictOn({ provider: 'other', enabled: false }, { tokenId: 'u' })).toEqual([
      'lacks_capability',
      'lacks capability: other has no video model acme-1',
      null,
    ]);
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

describe('summarise', () => {
  it('counts each verdict', () => {
    const verdicts = [
      judge({ enabled: false }),
      judge({ id: 'c' }, { excluded: new Set(['c']) }),
      judge({ provider: 'other' }),
      judge({ enabled: false }),
    ];
    expect(summarise(verdicts)).toBe('2 disabled, 1 excluded, 1 lacks capability');
  });
});
