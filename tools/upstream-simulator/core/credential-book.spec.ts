import { describe, expect, it } from 'vitest';

import { checkedInput } from './checked-input.js';
import { CredentialBook } from './credential-book.js';
import { credentialsSchema, type CredentialInput } from './credential.js';
import { Refusal } from './refusal.js';

const book = (...credentials: CredentialInput[]): CredentialBook =>
  new CredentialBook(checkedInput(credentialsSchema, credentials));

function refusal(act: () => unknown): Refusal {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('CredentialBook', () => {
  it('admits a key that is known, with limits off by default', () => {
    expect(book({ secret: 'k' }).admit('k', 0)).toEqual({
      secret: 'k',
      concurrency: -1,
      requestsPerMinute: -1,
      quota: -1,
      quotaEverySeconds: null,
      expiresAt: null,
      enabled: true,
    });
  });

  it('refuses keys that are unknown, disabled or expired', () => {
    const known = book(
      { secret: 'off', enabled: false },
      { secret: 'old', expiresAt: '1970-01-01T00:00:10Z' },
    );
    expect(refusal(() => known.admit('other', 0)).kind).toBe('unauthorized');
    expect(refusal(() => known.admit('off', 0)).message).toContain('disabled');
    expect(known.admit('old', 9_999).secret).toBe('old');
    expect(refusal(() => known.admit('old', 10_000)).message).toContain('expired');
  });

  it('counts calls in minutes that start with the first of them', () => {
    const known = book({ secret: 'k', requestsPerMinute: 2 });
    known.admit('k', 5_000);
    known.admit('k', 20_000);
    const { kind, details } = refusal(() => known.admit('k', 30_000));
    expect(kind).toBe('rate-limited');
    expect(details.retryAfter).toEqual({ header: '35', until: 65_000, scope: 'any' });
    expect(known.admit('k', 65_000).secret).toBe('k');
  });

  it('does not count refused calls', () => {
    const known = book({ secret: 'k', requestsPerMinute: 1 });
    known.admit('k', 0);
    for (let at = 1; at < 10; at += 1) refusal(() => known.admit('k', at));
    expect(known.admit('k', 60_000).secret).toBe('k');
    expect(refusal(() => known.admit('k', 60_001)).kind).toBe('rate-limited');
  });

  it('spends the quota job by job, and says what is left', () => {
    const known = book({ secret: 'k', quota: 2 }, { secret: 'free' });
    known.spend('k', 0);
    known.spend('k', 0);
    expect(known.quota('k', 0)).toEqual({ left: 0, resetsAt: null });
    expect(
      refusal(() => {
        known.spend('k', 0);
      }),
    ).toMatchObject({ kind: 'quota-exhausted', details: {} });
    known.spend('free', 0);
    expect(known.quota('free', 0)).toEqual({ left: -1, resetsAt: null });
    expect(known.quota('other', 0)).toBeUndefined();
  });

  it('fills the quota up so long after the first job of it, and says when', () => {
    const known = book({ secret: 'k', quota: 2, quotaEverySeconds: 10 });
    expect(known.quota('k', 500)).toEqual({ left: 2, resetsAt: null });
    known.spend('k', 1_000);
    known.spend('k', 4_000);
    const { kind, details } = refusal(() => {
      known.spend('k', 4_500);
    });
    expect(kind).toBe('quota-exhausted');
    expect(details.retryAfter).toMatchObject({ header: '7', until: 11_000 });
    expect(known.quota('k', 10_999)).toEqual({ left: 0, resetsAt: 11_000 });
    expect(known.quota('k', 11_000)).toEqual({ left: 2, resetsAt: null });
    known.spend('k', 30_000);
    expect(known.quota('k', 30_000)).toEqual({ left: 1, resetsAt: 40_000 });
  });

  it('takes the secret for the account unless one is named', () => {
    const known = book({ secret: 'a', account: 'team' }, { secret: 'b' });
    expect(['a', 'b', 'c'].map((secret) => known.account(secret))).toEqual(['team', 'b', undefined]);
    expect([...known.secrets()]).toEqual(['a', 'b']);
  });
});

describe('credentialsSchema', () => {
  it.each([
    [[{ secret: '' }], '0.secret'],
    [[{ secret: 'a' }, { secret: 'a' }], '1.secret'],
    [[{ secret: 'a', quota: -2 }], '0.quota'],
    [[{ secret: 'a', concurrency: 1.5 }], '0.concurrency'],
    [[{ secret: 'a', expiresAt: 'tomorrow' }], '0.expiresAt'],
    [[{ secret: 'a', colour: 'red' }], '0.colour'],
    ['a', ''],
  ])('names the field that is wrong in %j', (input, field) => {
    expect(() => checkedInput(credentialsSchema, input)).toThrow(
      expect.objectContaining({ code: 'invalid_input', field }),
    );
  });
});
